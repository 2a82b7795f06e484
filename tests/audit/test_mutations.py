"""The audit finds the faults it was made for: with each of them put back, the property that is to find it fails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from audit.mutations import MUTATIONS
from audit.properties import PROPERTIES


@pytest.mark.parametrize("name", MUTATIONS)
def test_the_audit_finds_it(name: str, monkeypatch: pytest.MonkeyPatch):
    mutation = MUTATIONS[name]
    holds = PROPERTIES[mutation.found_by]
    holds(replace(mutation.case))
    mutation.fault(monkeypatch)
    with pytest.raises(AssertionError):
        holds(replace(mutation.case))
