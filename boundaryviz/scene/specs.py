"""What every spec is: plain frozen data that checks itself and explains each of its fields.

The same fields make the files, the `--set` paths, the `learners` table and the forms of the window, so
what a form needs to know (unit, logarithmic or not, folded away or not) stands beside the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticKnownError, core_schema


class Spec(BaseModel):
    """Frozen, no unknown fields, no NaN or infinite numbers."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, validate_default=True, defer_build=True)

    def later(self) -> tuple[int, frozenset[str]]:
        """The least version of the format that has words for its fields, 0 for any, and the fields of later versions
        that say nothing and are left out of files; see `setting`."""
        versions, silent = [0], set()
        for name, field in type(self).model_fields.items():
            form = field.json_schema_extra.get("form") if isinstance(field.json_schema_extra, dict) else None
            since: Any = form.get("since") if isinstance(form, dict) else None
            value = getattr(self, name)
            if isinstance(since, int) and value == field.default:
                silent.add(name)
            elif since:
                versions.append(since if isinstance(since, int) else since.get(value, 0))
        return max(versions), frozenset(silent)

    def unused(self) -> Mapping[str, str]:
        """Of the settings that do nothing while the others are as they are: name -> why, in words for a tooltip."""
        return {}


def setting(
    default: Any,
    title: str,
    description: str,
    *,
    unit: str = "",
    log: bool = False,
    advanced: bool = False,
    choices: dict[Any, str] | None = None,
    resets: bool = False,
    since: int | dict[Any, int] | None = None,
    **limits: Any,
) -> Any:
    """A field with what a form shows of it.

    unit: written after the value. log: the slider is logarithmic. advanced: one fold deeper.
    choices: the words shown for the values of a Literal. resets: a change starts training afresh.
    since: the version of the file format that it, or each of some of its values, came with; see `Spec.later`.
    limits: pydantic's ge, gt, le, lt, min_length, max_length.
    """
    form: dict[str, Any] = {"unit": unit, "log": log, "advanced": advanced, "resets": resets}
    if since:
        form["since"] = since
    if choices:
        form["choices"] = [[value, words] for value, words in choices.items()]
    return Field(default, title=title, description=description, json_schema_extra={"form": form}, **limits)


class OneOf:
    """Annotation of a field that holds one spec of several; which, its own field `tag` says.

    find: from the value of `tag` to the spec, None where there is no such. listed: (tag, spec) of those that are named
    where it is none. Both are asked when a value is checked, so that specs of other packages need be there no sooner.
    What is wrong is reported as pydantic does for a union with a discriminator.
    """

    def __init__(
        self,
        tag: str,
        find: Callable[[str], type[Spec] | None],
        listed: Callable[[], Iterable[tuple[str, type[Spec]]]],
    ) -> None:
        self._tag, self._find, self._listed = tag, find, listed

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        return core_schema.no_info_plain_validator_function(self._validated)

    def __get_pydantic_json_schema__(
        self, _schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        specs: list[Any] = [spec for _, spec in self._listed()]
        union: Any = reduce(or_, specs)
        return handler(TypeAdapter(Annotated[union, Field(discriminator=self._tag)]).core_schema)

    def _validated(self, value: Any) -> Spec:
        """Raises PydanticKnownError, or the ValidationError of the spec."""
        about = {"discriminator": repr(self._tag)}
        if isinstance(value, Spec):
            name = getattr(value, self._tag, None)
        elif isinstance(value, Mapping):
            if self._tag not in value:
                raise PydanticKnownError("union_tag_not_found", about)
            name = value[self._tag]
        else:
            raise PydanticKnownError("model_attributes_type")
        spec = self._find(name) if isinstance(name, str) else None
        if spec is None:
            expected = ", ".join(repr(known) for known, _ in self._listed())
            raise PydanticKnownError("union_tag_invalid", about | {"tag": str(name), "expected_tags": expected})
        return spec.model_validate(value)
