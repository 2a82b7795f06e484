"""Rules written by hand: a small language of formulas that says of each place of the plane which class it is.

Nothing written in a rule reaches Python: it is read by a grammar of its own (`parser`), kept as a tree of values
(`tree`), and worked out by numpy (`rule`).
"""

from boundaryviz.scene.rules.parser import MAX_DEPTH, MAX_LENGTH, parse
from boundaryviz.scene.rules.rule import Rule
from boundaryviz.scene.rules.tree import RuleError

__all__ = ["MAX_DEPTH", "MAX_LENGTH", "Rule", "RuleError", "parse"]
