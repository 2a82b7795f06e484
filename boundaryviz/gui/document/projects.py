"""What is opened: a scenario with the history of its run and the timeline that lies beside it. No Qt here.

Reading is for a thread: a large file takes a second or two.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from boundaryviz.record import timeline_file
from boundaryviz.record.archive import ArchiveError
from boundaryviz.record.timeline_file import Kept
from boundaryviz.scenario import files
from boundaryviz.scenario.atomic import Stamp, stamp_of
from boundaryviz.scenario.history import RunHistory
from boundaryviz.scenario.scenario import Scenario


@dataclass(frozen=True, eq=False)
class Project:
    """kept: its timeline, where one belongs to it. stamp: of the file that it was read from. problem: what is
    to be said of a timeline that could not be read."""

    scenario: Scenario
    history: RunHistory | None = None
    kept: Kept | None = None
    stamp: Stamp | None = None
    problem: str = ""
    aside: str = ""  # the timeline that belongs to another state of the project

    @classmethod
    def of(cls, scenario: Scenario) -> Self:
        """Without a timeline. Raises ScenarioError where the scenario's history cannot be followed."""
        return cls(scenario, RunHistory.read(scenario))


def read(path: Path) -> Project:
    """The project in a `.bviz` file, or the scenario in another that `files.read` opens.

    Raises ScenarioError as that does; a timeline that cannot be read is told of in the project.
    """
    stamp = stamp_of(path)
    project = replace(Project.of(files.read(path)), stamp=stamp)
    place = timeline_file.beside(path)
    if project.history is None or path.suffix.lower() != ".bviz" or not place.exists():
        return project
    try:
        kept = timeline_file.read(place, project.scenario)
        return replace(project, kept=kept, aside=place.name if kept is None else "")
    except (ArchiveError, OSError) as error:
        words = f"The timeline {place.name} could not be read: {error}. The points and settings are complete."
        return replace(project, problem=words)
