"""What a form must know of a spec's field, read from the pydantic model."""

from __future__ import annotations

import types
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from boundaryviz.attacks.specs import Place

Kind = Literal["number", "whole", "flag", "choice", "layers", "toggles", "text", "place", "places"]


@dataclass(frozen=True)
class FieldPlan:
    """One field as a form shows it.

    low, high: limits of a number (of each item for layers), None where there is none; low_open and high_open:
        the limit itself is not allowed. choices: (value, words). most: largest number of items of a tuple.
    special: (words, value) of the one value that is not a number, such as ('all', 'all') or ('default', None).
    """

    name: str
    title: str
    explains: str
    kind: Kind
    default: Any
    unit: str = ""
    log: bool = False
    advanced: bool = False
    resets: bool = False
    low: float | None = None
    high: float | None = None
    low_open: bool = False
    high_open: bool = False
    choices: tuple[tuple[Any, str], ...] = ()
    most: int | None = None
    special: tuple[str, Any] | None = None

    @property
    def range_words(self) -> str:
        """The limits as words: 'from 10 to 100,000'; empty where there are none."""
        low = "" if self.low is None else f"{'above' if self.low_open else 'from'} {number_words(self.low)}"
        high = "" if self.high is None else f"{'to below' if self.high_open else 'to'} {number_words(self.high)}"
        if low and not high:
            return f"{low} up" if not self.low_open else low
        return f"{low} and up {high}" if self.low_open else f"{low} {high}".strip()

    @property
    def help(self) -> str:
        """Tooltip and what's-this: what it does, range and unit, and whether training starts afresh."""
        facts = [self.explains]
        if self.kind in ("number", "whole") and self.range_words:
            scale = ", on a logarithmic slider" if self.log else ""
            unit = f" {self.unit}" if self.unit else ""
            facts.append(f"Range: {self.range_words}{unit}{scale}.")
        if self.kind == "layers":
            facts.append(
                f"Up to {self.most} layers of {number_words(self.low or 1)} to {number_words(self.high or 0)}."
            )
        if self.resets:
            facts.append("Changing it starts training afresh.")
        return "\n".join(facts)


def number_words(value: float) -> str:
    """A number as it is shown: whole numbers with thousands separators, others with up to six figures."""
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e9):
        return f"{int(value):,}"
    return f"{value:.6g}"


def plans(spec_type: type[BaseModel]) -> list[FieldPlan]:
    """The fields of `spec_type` that were declared with `setting`, in their order."""
    return [
        plan
        for name, info in spec_type.model_fields.items()
        if isinstance(info.json_schema_extra, dict) and "form" in info.json_schema_extra
        for plan in [_plan(name, info)]
    ]


def _plan(name: str, info: FieldInfo) -> FieldPlan:
    extra = info.json_schema_extra
    form: dict[str, Any] = dict(extra["form"]) if isinstance(extra, dict) else {}  # type: ignore[arg-type]
    kind, special, literals, limits = _read_type(info.annotation)
    words = dict(form.get("choices", []))
    outer = _limits(info.metadata)
    most = outer.pop("most", None)
    return FieldPlan(
        name=name,
        title=info.title or name.replace("_", " ").capitalize(),
        explains=info.description or "",
        kind=kind,
        default=info.default,
        unit=form.get("unit", ""),
        log=form.get("log", False),
        advanced=form.get("advanced", False),
        resets=form.get("resets", False),
        choices=tuple((value, words.get(value, str(value))) for value in literals),
        special=special,
        most=most,
        **{**limits, **outer},
    )


def _read_type(annotation: Any) -> tuple[Kind, tuple[str, Any] | None, tuple[Any, ...], dict[str, Any]]:
    """Kind, special value, the Literal's values and the limits of a tuple's items."""
    origin, args = get_origin(annotation), get_args(annotation)
    if annotation == Place | None:
        return "place", None, (), {}
    if annotation == tuple[Place, ...]:
        return "places", None, (), {}
    if origin is Literal:
        return "choice", None, args, {}
    if origin in (Union, types.UnionType):
        limits = _limits([one for arg in args if get_origin(arg) is Annotated for one in get_args(arg)[1:]])
        args = tuple(get_args(arg)[0] if get_origin(arg) is Annotated else arg for arg in args)
        number = float if float in args else int
        others = [arg for arg in args if arg not in (int, float)]
        special = others[0] if len(others) == 1 and number in args else None
        if special is type(None):
            return _number(number), ("default", None), (), limits
        if get_origin(special) is Literal and len(get_args(special)) == 1:
            word = get_args(special)[0]
            return _number(number), (str(word), word), (), limits
    elif origin is tuple:
        item = args[0]
        metadata = get_args(item)[1:] if get_origin(item) is Annotated else ()
        inner = get_args(item)[0] if get_origin(item) is Annotated else item
        if get_origin(inner) is Literal:
            return "toggles", None, get_args(inner), {}
        if inner is int:
            return "layers", None, (), _limits(metadata)
    elif annotation is bool:
        return "flag", None, (), {}
    elif annotation in (int, float):
        return _number(annotation), None, (), {}
    elif annotation is str:
        return "text", None, (), {}
    raise TypeError(f"no form field for the type {annotation}")


def _number(kind: type) -> Kind:
    return "whole" if kind is int else "number"


def _limits(metadata: Any) -> dict[str, Any]:
    """pydantic's Ge, Gt, Le, Lt and MaxLen, wherever they were written."""
    found: dict[str, Any] = {}
    for outer in metadata:
        for one in getattr(outer, "metadata", None) or [outer]:
            for name, key, is_open in (
                ("ge", "low", False), ("gt", "low", True), ("le", "high", False), ("lt", "high", True)
            ):  # fmt: skip
                limit = getattr(one, name, None)
                if limit is not None:
                    found[key] = limit
                    found[f"{key}_open"] = is_open
            if getattr(one, "max_length", None) is not None:
                found["most"] = one.max_length
    return found
