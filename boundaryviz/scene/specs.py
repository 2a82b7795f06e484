"""What every spec is: plain frozen data that checks itself and explains each of its fields.

The same fields make the files, the `--set` paths, the `learners` table and the forms of the window, so
what a form needs to know (unit, logarithmic or not, folded away or not) stands beside the field.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Spec(BaseModel):
    """Frozen, no unknown fields, no NaN or infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True)


def setting(
    default: Any,
    title: str,
    explains: str,
    *,
    unit: str = "",
    log: bool = False,
    advanced: bool = False,
    choices: dict[Any, str] | None = None,
    resets: bool = False,
    **limits: Any,
) -> Any:
    """A field with what a form shows of it.

    unit: written after the value. log: the slider is logarithmic. advanced: one fold deeper.
    choices: the words shown for the values of a Literal. resets: a change starts training afresh.
    limits: pydantic's ge, gt, le, lt, min_length, max_length.
    """
    form: dict[str, Any] = {"unit": unit, "log": log, "advanced": advanced, "resets": resets}
    if choices:
        form["choices"] = [[value, words] for value, words in choices.items()]
    return Field(default, title=title, description=explains, json_schema_extra={"form": form}, **limits)
