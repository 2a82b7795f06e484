"""What a title, a name or a header can hold that somebody wrote to do harm, or that just is so."""

from __future__ import annotations

from hypothesis import strategies as st

PICTURE = "<img src='/nowhere/picture.png'>"
HOSTILE = (
    f"{PICTURE} x",
    "<b>bold</b> & <i>so</i> &lt;on&gt; &amp;",
    "\n".join(f"line {k}" for k in range(3000)),
    "W" * 10_000,
    "\u202eesrever\u202c \u200f\u2066x\u2069 a\0b\x07\x1b[31m \ud800 \uffff",
    "[*] %1 %s {} &File $\\frac{1}{ \\input{x} # ~ ^",
    "=cmd|' /C calc'!A0",
    "日本 😀 א",
)
"""Markup, 3,000 lines, 10,000 letters, controls and half characters, marks of other programs, a formula, and letters
that no font of ours has."""

ANY = st.one_of(st.sampled_from(HOSTILE), st.text(st.characters(exclude_categories=[]), max_size=60))
"""These, and any other text."""
