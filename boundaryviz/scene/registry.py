"""Things by name: ours, and those that other packages bring by entry points."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from pkgutil import iter_modules
from threading import RLock
from types import ModuleType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from boundaryviz.scene.plain_text import one_line

T = TypeVar("T")
_log = logging.getLogger(__name__)


@cache
def _installed() -> Any:
    """All entry points there are: the folders of packages are gone through once, for all registries."""
    return entry_points()  # of a type that has `select`, whichever it is in this version of Python


class Registry(Mapping[str, T], Generic[T]):
    """The things of one kind by name, ours first, in their order.

    Ours are loaded when first asked for. Those of other packages are loaded when a name is asked for that ours do not
    have, or when all are listed. One that cannot be loaded, is not of the kind, or bears the name of another, is left
    out: `problems` then says so in a sentence, and so does the log.

    kind: what one is called in a sentence, such as 'learner'. group: of the entry points; each leads to one thing or
    to a list of them. ours: called once for what we bring. accept: a loaded object -> (name, thing); whatever it
    raises says what is wrong with the object. unlisted: finds what can be asked for by name but is not listed.
    """

    def __init__(
        self,
        kind: str,
        group: str,
        ours: Callable[[], Iterable[object]],
        accept: Callable[[Any], tuple[str, T]],
        unlisted: Callable[[str], T | None] = lambda name: None,
    ) -> None:
        self._kind, self._group, self._ours, self._accept = kind, group, ours, accept
        self._unlisted = unlisted
        self._found: dict[str, T] = {}
        self._added: set[str] = set()
        self._problems: list[str] = []
        self._begun, self._complete = False, False
        self._lock = RLock()  # files are read by threads

    def __getitem__(self, name: str) -> T:
        self._begin()
        if name in self._found:
            return self._found[name]
        if isinstance(name, str) and (found := self._unlisted(name)) is not None:
            return found
        return self._all()[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._all()))

    def __len__(self) -> int:
        return len(self._all())

    def add(self, given: Any) -> T:
        """Take one in by code. One of the same name that was added so before gives way, as a cell of a notebook that is
        run again asks for. Raises ValueError for a name that is taken otherwise, and what `accept` raises.
        """
        name, thing = self._accept(given)
        with self._lock:
            if name not in self._added and name in self:
                raise ValueError(f"the name {name!r} is that of another {self._kind}")
            self._found[name] = thing
            self._added.add(name)
        return thing

    @property
    def problems(self) -> tuple[str, ...]:
        """What is wrong with those of other packages, a sentence each."""
        self._all()
        return tuple(self._problems)

    def _begin(self) -> None:
        with self._lock:
            if not self._begun:
                self._found.update(self._accept(one) for one in self._ours())
                self._begun = True

    def _all(self) -> dict[str, T]:
        self._begin()
        with self._lock:
            if not self._complete:
                self._complete = True  # a package that asks for us while it loads gets what there is
                for entry in _installed().select(group=self._group):
                    self._take(entry)
        return self._found

    def _take(self, entry: EntryPoint) -> None:
        try:
            loaded = entry.load()
            several = loaded if isinstance(loaded, list) else [loaded]
            new = dict(self._accept(one) for one in several)
            if taken := sorted(name for name in new if name in self._found or self._unlisted(name) is not None):
                raise ValueError(f"the name {taken[0]!r} is that of another {self._kind}")
        except Exception as error:  # whatever the code of others raises
            package = f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "a package"
            why = one_line(f"{type(error).__name__}: {error}", 200)
            words = f"The {self._kind} {one_line(entry.name)} of {one_line(package)} cannot be used: {why}"
            self._problems.append(words)
            _log.warning("%s", words, exc_info=not isinstance(error, ValueError | TypeError))
        else:
            self._found.update(new)


def checked_settings(given: Any, base: type[BaseModel], tag: str, method: str | None = None) -> str:
    """The name under which a class of settings is registered: the default of its field `tag`.

    Raises TypeError where it is no class that `base` is a base of, has no such field, no TITLE, or no `method` of its
    own.
    """
    if not (isinstance(given, type) and issubclass(given, base)):
        raise TypeError(f"it is no class of {base.__name__}")
    field = given.model_fields.get(tag)
    if field is None or not isinstance(field.default, str) or not field.default:
        raise TypeError(f"the class {given.__name__} has no field `{tag}` with its name as default")
    if not isinstance(getattr(given, "TITLE", None), str):
        raise TypeError(f"the class {given.__name__} has no TITLE")
    if method is not None and getattr(given, method) is getattr(base, method):
        raise TypeError(f"the class {given.__name__} has no method `{method}`")
    return field.default


def modules_of(package: ModuleType) -> Iterator[ModuleType]:
    """Every module of a package, imported."""
    for found in iter_modules(package.__path__):
        yield import_module(f"{package.__name__}.{found.name}")
