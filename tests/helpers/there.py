"""What must be there, for the type checker and for `waitUntil`, which tries again after a failed assertion."""

from __future__ import annotations

from typing import TypeVar

Thing = TypeVar("Thing")


def there(thing: Thing | None) -> Thing:
    """The thing itself. Raises AssertionError where there is none."""
    assert thing is not None
    return thing
