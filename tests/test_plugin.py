"""A package of someone else's adds a learner, attacks, a defence and a data set, and touches nothing here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "tests" / "plugin"


def installed(folder: Path, name: str, groups: dict[str, dict[str, str]]) -> None:
    """What an installer would leave of a package's metadata in a folder of the path."""
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in entries.items()) for group, entries in groups.items()]
    (info / "entry_points.txt").write_text("\n".join(lines))


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """PYTHONPATH with the plugin and what an installer would leave of it."""
    folder = tmp_path_factory.mktemp("site")
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text())["project"]
    installed(folder, project["name"], project["entry-points"])
    return os.pathsep.join([str(folder), str(PLUGIN), str(ROOT)])


def ran(path: str, *command: str) -> subprocess.CompletedProcess[str]:
    """A command of Python; a pytest among them loads no plugin that the contracts have no use for."""
    environment = os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run([sys.executable, *command], env=environment, cwd=ROOT, capture_output=True, text=True)


@pytest.mark.slow  # ours are kept in tests/learners/test_contract.py and beside it
def test_it_keeps_the_contracts(path: str):
    done = ran(path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, str(PLUGIN / "contracts.py"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split(" passed")[0].split()[-1]) > 30


def test_it_is_trained_listed_and_written_like_our_own(path: str):
    sets = ["learner.name=midpoint", "learner.softness=0.5", "poison.attack=ring", "poison.count=7"]
    options = [part for one in sets for part in ("--set", one)]
    commands = ["train", "stripes", *options, "--steps", "20", "--json", "-"], ["learners", "--json"]
    program = (
        f"from boundaryviz.cli.app import run\nfor command in {commands!r}:\n    assert run(command) == 0; print('\\f')"
    )
    done = ran(path, "-c", program)
    assert done.returncode == 0, done.stderr
    found, listed = (json.loads(part) for part in done.stdout.split("\f")[:2])
    assert found["learner"] == "midpoint"
    assert found["settings"]["poison"]["attack"] == "ring"
    assert found["settings"]["learner"] == {"name": "midpoint", "softness": 0.5}
    assert 0.2 < found["metrics"]["test_error"]["mean"] < 0.8  # stripes have their means in the middle
    assert listed[-1]["name"] == "midpoint"


def broken(tmp_path: Path) -> str:
    """The path of a package whose entry points lead nowhere, to what is none, and to a name that is taken."""
    (tmp_path / "broken.py").write_text(
        "from typing import ClassVar, Literal\n"
        "from boundaryviz.learners.family import LearnerSettings, family\n"
        "@family('broken:Nothing')\n"
        "class TakenSpec(LearnerSettings):\n"
        "    TITLE: ClassVar[str] = 'Taken'\n"
        "    name: Literal['mlp'] = 'mlp'\n"
    )
    (tmp_path / "raises.py").write_text("raise RuntimeError('I am\\n\\x1b[31m broken')\n")
    groups = {
        "boundaryviz.learners": {"taken": "broken:TakenSpec", "gone": "broken:Gone"},
        "boundaryviz.attacks": {"raises": "raises:Any"},
        "boundaryviz.datasets": {"module": "broken"},
    }
    installed(tmp_path, "broken-package", groups)
    return os.pathsep.join([str(tmp_path), str(ROOT)])


def test_a_broken_one_is_named_and_does_no_harm(tmp_path: Path):
    path = broken(tmp_path)
    code = (
        "import json; from boundaryviz.cli.health import registries;"
        "print(json.dumps([list(r.problems) for r in registries()]))"
    )
    done = ran(path, "-c", code)
    learners, attacks, _, defences, datasets = json.loads(done.stdout)
    assert sorted(words.split(": ", 1)[0] for words in learners) == [
        "The learner gone of broken-package 1.0 cannot be used",
        "The learner taken of broken-package 1.0 cannot be used",
    ]
    assert any("the name 'mlp' is that of another learner" in words for words in learners)
    assert "RuntimeError: I am" in attacks[0]
    assert attacks[0].isprintable()
    assert defences == []
    assert "it is no Dataset" in datasets[0]
    listed: Any = json.loads(ran(path, "-m", "boundaryviz", "learners", "--json").stdout)
    assert len(listed) > 15
