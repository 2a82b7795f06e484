"""In which encoding a table is written: UTF-8, UTF-16, or what chardet finds likeliest, with the other readings."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from boundaryviz.tables.choice import Question
from boundaryviz.tables.sheet import TableError
from boundaryviz.tables.words import short

_SHOWN = 5  # readings to choose from
_BESIDE = ("cp1252", "cp1251", "gb18030", "cp932")  # that are offered even where they are less likely
_RARE = 0.05  # of the characters beyond ASCII may be broken in a text that is UTF-8 all the same
_NAMES = {
    "utf-8": "UTF-8", "gb18030": "GBK (Chinese)", "gbk": "GBK (Chinese)", "gb2312": "GBK (Chinese)",
    "big5": "Big5 (Chinese)", "big5hkscs": "Big5 (Chinese)", "cp932": "Shift-JIS (Japanese)",
    "shift_jis": "Shift-JIS (Japanese)", "euc_jp": "EUC-JP (Japanese)", "cp949": "EUC-KR (Korean)",
    "euc_kr": "EUC-KR (Korean)", "cp1250": "Windows-1250 (Central European)", "cp1251": "Windows-1251 (Cyrillic)",
    "cp1252": "Windows-1252 (Western European)", "cp1253": "Windows-1253 (Greek)", "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)", "cp1256": "Windows-1256 (Arabic)", "cp1257": "Windows-1257 (Baltic)",
    "cp1258": "Windows-1258 (Vietnamese)", "koi8-r": "KOI8-R (Cyrillic)", "koi8-u": "KOI8-U (Cyrillic)",
    "cp874": "Windows-874 (Thai)", "iso8859-1": "Latin-1 (Western European)", "mac-roman": "Mac Roman",
}  # fmt: skip


def in_words(codec: str) -> str:
    """The name of an encoding for people."""
    return _NAMES.get(codec, codec.upper())


def codec_of(name: str) -> str:
    """An encoding as Python calls it. Raises TableError for one that is not known, or in which a comma is no comma."""
    try:
        codec = codecs.lookup(name).name
        plain = codec.startswith(("utf-16", "utf-32")) or "a,1;\t\n".encode(codec) == b"a,1;\t\n"
    except (LookupError, ValueError, AttributeError, TypeError):
        plain = False
    if not plain:
        raise TableError([f"encoding: {short(name)} is not known; write one such as utf-8, gbk, cp1251 or shift_jis"])
    return codec


def wide_codec(head: bytes) -> str:
    """UTF-16 or UTF-32, by its mark or by its zeros, as Python calls it; empty where a text begins in neither."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    head = head[:2000]
    if head.count(0) <= len(head) // 4:  # every other byte of plain letters is zero
        return ""
    return "utf-16-le" if head[1::2].count(0) >= head[::2].count(0) else "utf-16-be"


def found_codec(words: bytes) -> tuple[str, Question | None]:
    """The likeliest encoding of a text that is not UTF-8, and the question, where others fit as well.

    words: some of its lines, with characters beyond ASCII.
    """
    read = words.decode(errors="replace")
    beyond = sum(character > "\x7f" for character in read)
    if read.count("\ufffd") <= _RARE * beyond:
        return "utf-8", None
    readings = dict[str, str]()
    for codec in _candidates(words):
        text = _strictly(words, codec)
        if text is not None and text not in readings.values():
            readings[codec] = text
    if not readings:
        return "cp1252", None
    taken = next(iter(readings))
    options = tuple((codec, f"{in_words(codec)}: {_sample(text)}") for codec, text in readings.items())
    question = Question("sheet.encoding", "In which encoding is the text? It is not UTF-8.", options[:_SHOWN], taken)
    return taken, question if len(options) > 1 else None


def _candidates(words: bytes) -> Iterator[str]:
    import chardet  # few tables ask for it, and scenarios are read without it
    from chardet import EncodingEra

    found = chardet.detect_all(words, ignore_threshold=True, encoding_era=EncodingEra.MODERN_WEB)
    codecs_found = [codecs.lookup(one["encoding"]).name for one in found if one["encoding"]]
    yield from codecs_found[: _SHOWN - 1]
    yield from _BESIDE
    yield "iso8859-1"


def _strictly(words: bytes, codec: str) -> str | None:
    try:
        text = words.decode(codec)
    except (UnicodeDecodeError, LookupError):
        return None
    return None if any("\x80" <= character < "\xa0" for character in text) and codec != "iso8859-1" else text


def _sample(text: str) -> str:
    """The first words with characters beyond ASCII."""
    words = dict.fromkeys(word for word in _words(text) if not word.isascii())
    return ", ".join(short(word, 16) for word in [*words][:3])


def _words(text: str) -> Iterator[str]:
    for line in text.splitlines():
        for separator in ("\t", ";", ",", "|"):
            line = line.replace(separator, "\n")
        yield from (word.strip(" \"'") for word in line.split("\n"))
