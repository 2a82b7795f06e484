"""`make numbers`: README, guide and gallery say what is measured, and the tables of the guide are complete."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from boundaryviz.cli.app import app
from boundaryviz.gui.shell.actions import _TABLE, _TOOL_ICONS
from boundaryviz.gui.tools import TOOLS
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.record.reports import SizeReport
from boundaryviz.scenario.gallery import load
from boundaryviz.scenario.study_spec import StudySpec
from boundaryviz.studies.study import Study
from boundaryviz.studies.tabling import run_study
from tools import measured
from tools.measured import MarkerError, Question, Runs, claims, every_claim, numbers, renewed, shown

PAGES = {page.name: page.read_text(encoding="utf-8") for page in measured.PAGES}
CLAIMS = every_claim()
CONSTANTS = {"0.00001 %", "0.0001 %", "0.01 %", "0.1 %", "1 %", "95 %"}
"""Shares in the pages that are no result of a run: published budgets, rates of the talk, levels of intervals."""


@pytest.mark.parametrize("claim", [c for c in CLAIMS if c.question.runs.quick], ids=lambda c: f"{c.where}, {c.marker}")
def test_words_hold(claim: measured.Claim) -> None:
    assert claim.broken() == ""


def test_numbers_are_what_is_measured() -> None:
    """Run `make numbers` where this fails; it also measures what takes longer."""
    quick = [pair for text in PAGES.values() for pair in numbers(text) if pair[0].runs.quick]
    assert quick
    assert [(q, stands) for q, stands in quick if stands != shown(q.metric, q.answer())] == []


def test_every_marker_can_be_read_and_there_are_some_of_each() -> None:
    assert {claim.where for claim in CLAIMS} >= {"README.md", "two-moons-bridge.toml", "labelled-poison.toml"}
    for name, text in PAGES.items():
        assert text.count("<!-- measured:") == len(list(numbers(text))), name
        assert text.count("<!-- holds:") == len(list(claims(name, text))), name
    remarks = sum(path.read_text(encoding="utf-8").count("# holds") for path in measured.SCENARIOS)
    assert remarks == sum(claim.where.endswith(".toml") for claim in CLAIMS)


@pytest.mark.parametrize("name", PAGES)
def test_no_share_stands_in_a_page_that_nothing_measures(name: str) -> None:
    """Mark it as measured, or name it in `CONSTANTS` if no run measures it."""
    bare = measured.MEASURED.sub("", PAGES[name])
    assert set(re.findall(r"\d[\d.,]* %", bare)) <= CONSTANTS
    assert re.findall(r"\d[\d.,]* times", bare) == []


# ---- the tool --------------------------------------------------------------------------------------------

MOONS = "<!-- measured: cut-the-chain {} -->{}<!-- / -->"


def test_a_number_is_written_anew_and_the_rest_stays() -> None:
    before = f"a {MOONS.format('poison_rate', '7 %')} b c"
    after = renewed(before)
    assert after.startswith("a <!-- measured: cut-the-chain poison_rate -->0.")
    assert after.endswith(" %<!-- / --> b c")
    assert renewed(after) == after


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        ("flip_rate", 0.09933, "9.9 %"), ("flip_rate", 0.0, "0 %"), ("attack_success_rate", 1.0, "100 %"),
        ("clean.test_error", 0.00067, "0.067 %"), ("leverage", 49.77, "50"), ("test_loss", 0.1234, "0.12"),
        ("leverage", 1234.0, "1,234"),
    ],
)  # fmt: skip
def test_numbers_are_told_in_two_digits(metric: str, value: float, text: str) -> None:
    assert shown(metric, value) == text


def test_words_that_do_not_hold_are_named_with_what_it_is() -> None:
    text = 'title = "x"\n# holds: poison_rate 0.5..1 poison.count=0..1\n'
    (claim,) = claims("file.toml", text, "cut-the-chain")
    assert claim.question.runs == Runs("cut-the-chain", (("poison.count", "0..1"),))
    assert re.fullmatch(r"file\.toml: poison_rate 0\.5\.\.1 .*: it is 0\.00\d+", claim.broken())
    (share,) = claims("file.toml", "# holds: poison_rate 0.5..0.5 poison.count=0..1 above=0\n", "cut-the-chain")
    assert share.broken() == ""


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ("# holds: flip_rate", "write METRIC LOW..HIGH"),
        ("# holds: flip_rate 1..2 fast", "write a metric and options"),
        ("# holds: flip_rate 1..2 seeds=many", "invalid literal"),
    ],
)
def test_a_marker_that_cannot_be_read_is_named(marker: str, said: str) -> None:
    with pytest.raises(MarkerError, match=said):
        list(claims("x.toml", marker, "moons"))


@pytest.mark.parametrize(
    ("name", "words", "said"),
    [
        ("cut-the-chain", ["flips"], "has no flips; there are: "),
        ("cut-the-chain", ["flip_rate", "poison.cuont=3"], "cuont"),
        ("cut-the-chian", ["flip_rate"], "cut-the-chain"),
    ],
)
def test_what_a_run_does_not_have_is_named(name: str, words: list[str], said: str) -> None:
    with pytest.raises(MarkerError, match=said):
        Question.read(name, words, "").answer()


@pytest.mark.parametrize(("stands", "check", "code"), [("x", True, 1), ("x", False, 0), ("0.75 %", True, 0)])
def test_the_program_writes_or_compares(
    stands: str, check: bool, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in with "%" is replaced by the right number first."""
    right = shown("poison_rate", Question.read("cut-the-chain", ["poison_rate"], "").answer())
    page = tmp_path / "README.md"
    page.write_text(MOONS.format("poison_rate", right if "%" in stands else stands), encoding="utf-8")
    monkeypatch.setattr(measured, "PAGES", (page,))
    monkeypatch.setattr(measured, "SCENARIOS", ())
    assert measured.main(["--check"] if check else []) == code
    assert (right in page.read_text(encoding="utf-8")) == (code == 0)
    page.write_text(MOONS.format("nothing", ""), encoding="utf-8")
    assert measured.main([]) == 2


# ---- tables ----------------------------------------------------------------------------------------------


def rows(heading: str) -> list[list[str]]:
    """Cells of the first table under a heading of the guide."""
    text = PAGES["guide.md"].split(f"\n## {heading}\n", 1)[1]
    table = re.search(r"^\|.*\n\|[-|: ]+\n((?:\|.*\n)+)", text, re.M)
    assert table is not None
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[1].splitlines()]


def test_the_guide_names_every_tool_with_its_key() -> None:
    told = {key: name for keys, names, _ in rows("Tools") for key, name in pairs(keys, names)}
    assert told == {_TOOL_ICONS[name][1]: tool.title for name, tool in TOOLS.items()}


def pairs(keys: str, names: str) -> list[tuple[str, str]]:
    return list(zip(keys.split(", "), names.split(", "), strict=True))


def test_the_guide_s_keys_are_the_window_s() -> None:
    keys = {key: entry.text.replace("&", "") for entry in _TABLE for key in entry.keys}
    for key, *_ in rows("Training"):
        assert key in keys
    views = {keys[key]: name for key, name, _ in rows("The clean twin")}
    assert len(views) == sum(entry.name.startswith("view.twin-") for entry in _TABLE)
    assert all(name.lower() in view.lower() for view, name in views.items())


def test_the_guide_says_of_every_learner_with_a_cascade_what_it_is_measured_in() -> None:
    told = " ".join(name.lower() for name, *_ in rows("The label cascade"))
    for name in FAMILIES:
        family = FAMILIES[name]
        if family.cascade == "step":
            assert "semi-supervised nets" in told
        elif family.cascade is not None:
            *_, last = family.title.lower().split()
            assert last in told, family.title


def test_every_command_stands_in_the_read_me_or_the_guide() -> None:
    commands = {one.name or getattr(one.callback, "__name__", "") for one in app.registered_commands} - {"open"}
    assert len(commands) > 6
    together = " ".join(PAGES.values())
    assert [name for name in commands if f"boundaryviz {name}" not in together] == []


def test_numbers_of_a_study_are_those_of_its_report(monkeypatch: pytest.MonkeyPatch) -> None:
    study = StudySpec.model_validate(
        {"axes": [{"path": "learner.max_leaf_nodes", "values": [2, 5]}], "data_seeds": 2, "folds": 2, "report": "size"}
    )
    tree = load("tree-size").with_values({"data.n": 60, "data.pool": 100}).model_copy(update={"study": study})
    monkeypatch.setattr(measured, "load", lambda name: tree)
    question = Question.read("tree-size", ["study.rise"], "")
    assert not question.runs.quick
    report = SizeReport.of(run_study(Study.of(tree)))
    assert question.answer() == report.measures["rise"]
    assert shown("study.rise", 0.0575) == "5.8 %"
    assert shown("study.exponent", -0.512) == "-0.51"
