"""The command line: output, files and exit codes. Most commands run in this process, for speed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from boundaryviz.cli.app import run
from boundaryviz.cli.values import assignments
from boundaryviz.gui.document.projects import Project
from boundaryviz.learners.specs import FAMILIES
from boundaryviz.record.intervals import wilson
from boundaryviz.record.metrics import ALL_PINS, ATTACKED_PINS, NONE_ATTACKED, Metric
from boundaryviz.scenario import gallery
from boundaryviz.scenario.files import read
from boundaryviz.scenario.text import parsed
from boundaryviz.scene.datasets import DATASETS
from helpers.waits import PATIENCE

SMALL = ["--steps", "20", "--set", "data.n=40", "--set", "learner.hidden=[4]"]


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert all(command in shown for command in ("scenarios", "learners", "train", "figure", "doctor", "[FILE]"))


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    from boundaryviz import __version__

    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"boundaryviz {__version__}\n"


def test_scenarios_lists_gallery_and_data_sets(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [entry["name"] for entry in found] == [*gallery.names(), *DATASETS]
    assert all(entry["title"] and entry["summary"] and entry["learner"] for entry in found)
    assert run(["scenarios"]) == 0
    shown = capsys.readouterr().out
    assert all(entry["name"] in shown for entry in found)


def test_learners_lists_parameters_ranges_and_defaults(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learners", "--json"]) == 0
    found = {entry["name"]: entry["parameters"] for entry in json.loads(capsys.readouterr().out)}
    assert list(found) == list(FAMILIES)
    mlp = {parameter["path"]: parameter for parameter in found["mlp"]}
    assert mlp["learner.hidden"]["default"] == [16, 16]
    assert mlp["learner.hidden"]["range"] == "list of 1 to 256, at most 6"
    assert (mlp["learner.dropout"]["minimum"], mlp["learner.dropout"]["maximum"]) == (0.0, 0.95)
    assert mlp["learner.activation"]["choices"] == ["relu", "tanh", "sigmoid", "gelu", "sine", "linear"]
    assert "learner.name" not in mlp
    assert run(["learners"]) == 0
    shown = capsys.readouterr().out
    assert "training.learning_rate" in shown
    assert "data.labels_per_class" in shown


def test_doctor_reports_versions_device_and_problems(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["packages"]["torch"]
    assert found["devices"][-1] == "cpu"
    assert isinstance(found["problems"], list)
    assert run(["doctor"]) == 0
    assert found["packages"]["numpy"] in capsys.readouterr().out


def test_doctor_tells_what_a_report_needs(own_settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = own_settings / "state" / "boundaryviz"
    state.mkdir(parents=True)
    (state / "window-crash.log").write_text("older\n\nFatal Python error: Aborted\n\nThread 0x1\n")
    assert run(["doctor", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["state"]["folder"] == str(state)
    assert found["state"]["files"][0].startswith("window-crash.log  47 bytes  ")
    assert "Fatal Python error: Aborted" in found["last_crash"]
    assert "older" not in found["last_crash"]
    assert found["qt"]["Qt platform"] == "offscreen"
    assert "families" in found["qt"]["font"]
    assert all(found["packages"].values())


def test_train_prints_json_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "moons", *SMALL, "--seeds", "3", "--device", "cpu", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["scenario"], found["learner"], found["seeds"], found["steps"]) == ("moons", "mlp", [0, 1, 2], 20)
    assert found["device"].startswith("CPU")
    assert found["replica_steps_per_second"] == pytest.approx(3 * found["steps_per_second"], rel=0.01)
    names = {f"{split}_{what}" for split in ("train", "validation", "test") for what in ("loss", "error")}
    assert names | {"generalisation_gap", "best_step"} <= set(found["metrics"])
    for metric in found["metrics"].values():
        again = Metric.of(metric["per_seed"])
        assert (metric["mean"], metric["std"]) == pytest.approx((again.mean, again.std))
    assert found["settings"]["learner"]["hidden"] == [4]


def test_the_same_command_twice_gives_the_same_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    found = []
    for _ in range(2):
        assert run(["train", "xor", *SMALL, "--seeds", "2", "--device", "cpu", "--json", "-"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    for report in found:
        del report["steps_per_second"], report["replica_steps_per_second"]
    assert found[0] == found[1]


def test_a_twin_reports_both_sides(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "moons", *SMALL, "--twin", "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["clean"] == found["poisoned"]  # there is no poison in it
    assert found["metrics"]["flip_rate"]["mean"] == found["metrics"]["flip_area"]["mean"] == 0.0
    assert found["metrics"]["poison_rate"]["mean"] == 0.0
    assert "leverage" not in found["metrics"]
    assert run(["train", "moons", *SMALL, "--twin"]) == 0
    assert "no poison" in capsys.readouterr().out


@pytest.mark.parametrize("already", [False, True])
def test_a_twin_tells_what_was_so_without_poison_and_its_interval(
    already: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    target = f"poison.target={[0.0, 0.5] if already else [1.0, -0.5]}"
    command = ["train", "moons", "--set", "data.n=40", "--set", "poison.count=6", "--twin", "--seeds", "2"]
    command += ["--set", "learner.name=label-spreading", "--set", target]
    assert run([*command, "--json", "-"]) == 0
    found = json.loads(capsys.readouterr().out)
    success, unasked = found["metrics"]["attack_success_rate"], found["clean"]["attack_success_rate"]
    assert found["seeds_vary"] == "nothing"
    assert found["poisoned"]["attack_success_rate"] == success
    assert (success["of"], unasked["of"], unasked["mean"]) == (ATTACKED_PINS, ALL_PINS, float(already))
    assert success["std"] is None
    assert found["metrics"]["flip_rate"]["std"] is None
    assert success.get("why_null") == (NONE_ATTACKED if already else None)
    assert success["low"] == (None if already else float(wilson(success["mean"], 1)[0]))
    assert run(command) == 0
    table = capsys.readouterr().out
    for words in ("already so without poison", "Nothing in this learner is random", "all seeds are one trial"):
        assert words in table
    assert "\u00b1" not in table
    assert ("There is no attack success" in table) == already


def test_a_table_says_what_stands_behind_plus_and_minus_and_of_which_pins(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "moons", *SMALL, "--seeds", "2", "--set", "poison.target=[0.0, 0.5]"]) == 0
    shown = capsys.readouterr().out
    assert "\u00b1: standard deviation over 2 training seeds." in shown
    assert "attack_success_rate, of all pins" in shown
    assert run(["train", "moons", *SMALL]) == 0
    assert "\u00b1" not in capsys.readouterr().out


def test_train_saves_numbers_and_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers, saved = tmp_path / "run.json", tmp_path / "run.bviz"
    assert run(["train", "moons", *SMALL, "--json", str(numbers), "--save", str(saved)]) == 0
    shown = capsys.readouterr()
    assert "test_error" in shown.out
    assert json.loads(numbers.read_text())["steps"] == 20
    scenario = read(saved)
    assert (scenario.training.steps, scenario.data.n) == (20, 40)
    assert scenario.plane is not None
    assert run(["train", str(saved), "--json", "-"]) == 0
    again = json.loads(capsys.readouterr().out)
    assert again["metrics"] == json.loads(numbers.read_text())["metrics"]


def test_figure_writes_a_file(tmp_path: Path) -> None:
    place = tmp_path / "f.svg"
    assert (
        run(["figure", "moons", *SMALL, "--view", "summary", "--style", "dark", "--width", "12", "-o", str(place)]) == 0
    )
    assert "Two moons" in place.read_text()


def test_a_net_is_watched_for_the_figure_of_its_cascade(tmp_path: Path) -> None:
    place = tmp_path / "f.svg"
    net = ["--set", "learner.name=fixmatch", "--set", "learner.threshold=0.6", "--set", "learner.unlabelled_batch=16"]
    few = ["--set", "data.n=40", "--set", "data.labels_per_class=2", "--steps", "20"]
    assert run(["figure", "moons", *few, *net, "--view", "cascade", "-o", str(place)]) == 0
    assert "first passing the threshold" in place.read_text()


def test_a_run_that_diverges_fails_and_says_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    wild = ["--set", "training.optimiser=sgd", "--set", "training.learning_rate=100", "--set", "learner.loss=squared"]
    wild += ["--set", "learner.activation=linear", "--json", "-"]
    assert run(["train", "moons", "--steps", "300", *wild]) == 1
    shown = capsys.readouterr()
    assert "learning_rate" in shown.err
    found = json.loads(shown.out)
    assert found["diverged"] == 1
    assert found["metrics"].get("train_loss", {"mean": None})["mean"] is None


BAD = {
    "unknown scenario": (["train", "moon"], "did you mean moons?"),
    "missing file": (["train", "nowhere.toml"], "cannot be read"),
    "unknown field": (["train", "moons", "--set", "learner.hiden=3"], "did you mean learner.hidden?"),
    "out of range": (["train", "moons", "--set", "data.noise=9"], "data.noise: must be at most 1.0 (got 9)"),
    "not an assignment": (["train", "moons", "--set", "data.n"], "PATH=VALUE"),
    "no such device": (["train", "moons", "--device", "mps"], "it has:"),
    "unknown device": (["train", "moons", "--device", "abacus"], "abacus"),
    "json in no folder": (["train", "moons", "--json", "/no/such/folder/x.json"], "there is no folder"),
    "save elsewhere": (["train", "moons", "--save", "x.toml"], "ends in .bviz"),
    "figure of another kind": (["figure", "moons", "-o", "x.bmp"], ".png, .svg, .pdf"),
    "figure in no folder": (["figure", "moons", "-o", "/no/such/folder/x.pdf"], "there is no folder"),
    "figure too narrow": (["figure", "moons", "-o", "x.pdf", "--width", "1"], "2 to 100 cm"),
    "unknown view": (["figure", "moons", "-o", "x.pdf", "--view", "side"], "side"),
    "cascade of a supervised learner": (["figure", "moons", "-o", "x.pdf", "--view", "cascade"], "no label cascade"),
    "no scenario": (["train"], "SCENARIO"),
    "no seeds": (["train", "moons", "--seeds", "0"], "seeds"),
    "window on a bad file": (["nowhere.bviz"], "cannot be read"),
    "unknown command": (["trian"], "no scenario, data set or file"),
    "name that no file can have": (["train", "n" * 300], "no scenario, data set or file"),
    "file of such a name": (["train", "n" * 300 + ".bviz"], "cannot be read"),
    "figure of such a name": (["figure", "moons", "-o", "n" * 300 + ".png"], "the name is too long"),
    "film of such a name": (["animate", "moons", "-o", "n" * 300 + ".gif"], "the name is too long"),
    "save of such a name": (["train", "moons", "--save", "n" * 300 + ".bviz"], "the name is too long"),
    "json of such a name": (["dose", "moons", "--json", "n" * 300], "the name is too long"),
    "device": (["/dev/zero"], "a folder or a device, not a file"),
}


@pytest.mark.parametrize(("arguments", "words"), BAD.values(), ids=BAD)
def test_mistakes_are_said_and_end_with_2(
    arguments: list[str],
    words: str,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert words in " ".join(shown.err.replace("│", " ").split())
    assert "Traceback" not in shown.err
    assert shown.out == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="needs pipes")
@pytest.mark.parametrize("name", ["a.bviz", "a.toml", "a.csv", "a.pins.npz", "a"])
def test_pipes_and_devices_are_no_scenarios_and_wait_for_nobody(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    os.mkfifo(name)
    os.symlink("/dev/zero", f"link-{name}")
    for one in (name, f"link-{name}"):
        for command in ([one], ["train", one], ["figure", one, "-o", "x.png"]):
            assert run(command) == 2
            assert one in capsys.readouterr().err


def test_all_mistakes_of_one_command_are_said_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["train", "moons", "--set", "data.n=1", "--set", "training.steps=many"]) == 2
    shown = capsys.readouterr().err
    assert "2 problems" in shown
    assert "data.n: must be at least 10 or 'all' (got 1)" in shown
    assert "training.steps: must be a whole number (got 'many')" in shown


def test_an_unexpected_error_is_a_failed_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr("boundaryviz.runs.run.start", broken)
    assert run(["train", "moons"]) == 1
    shown = capsys.readouterr()
    assert shown.err == "error: the run failed: RuntimeError: out of memory\n"
    assert shown.out == ""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.01", 0.01), ("7", 7), ("[64, 64]", [64, 64]), ("true", True), ('"7"', "7"), ("full", "full"),
        ("fan-in", "fan-in"), ("", ""), ("1\nb = 2", "1\nb = 2"), ("[1", "[1"),
    ],
)  # fmt: skip
def test_values_are_toml_and_bare_words_are_text(text: str, value: object) -> None:
    assert parsed(text) == value
    assert assignments([f"a.b={text}", "c = d=e"]) == {"a.b": value, "c": "d=e"}


def test_the_window_is_opened_on_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.toml"
    path.write_text('title = "Own"\n')
    opened: list[tuple[str | None, str]] = []

    def window(file: str | None = None, reads: Callable[[], Project] | None = None, *, asks: bool = True) -> int:
        opened.append((file, reads().scenario.title if reads else ""))
        return 3

    monkeypatch.setattr("boundaryviz.gui.app.main", window)
    assert run([str(path)]) == 3
    assert run([]) == 3
    assert opened == [(str(path), "Own"), (None, "")]
    path.write_text("title = 3\n")
    assert run([str(path)]) == 2
    assert len(opened) == 2


def test_the_name_of_a_command_that_is_also_an_example_opens_it(monkeypatch: pytest.MonkeyPatch, capsys) -> None:
    opened: list[str | None] = []

    def window(file: str | None = None, reads: Callable[[], Project] | None = None, *, asks: bool = True) -> int:
        opened.append(reads().scenario.name if reads else None)
        return 3

    monkeypatch.setattr("boundaryviz.gui.app.main", window)
    assert run(["bias-variance"]) == 3
    assert opened == ["bias-variance"]
    assert run(["bias-variance", "moons", "--samples", "0"]) == 2
    assert run(["figure"]) == 2
    assert len(opened) == 1
    capsys.readouterr()


def test_ctrl_c_prints_and_saves_what_was_finished(tmp_path: Path) -> None:
    saved = tmp_path / "run.bviz"
    command = [sys.executable, "-m", "boundaryviz", "train", "moons", "--steps", "10000000", "--json", "-"]
    process = subprocess.Popen(
        [*command, "--save", str(saved)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "FORCE_COLOR": "1"},
    )  # fmt: skip
    assert process.stderr is not None
    assert process.stderr.read(1)  # the progress bar is there, so training has begun
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130
    assert "interrupted at step" in err
    assert 0 < json.loads(out)["steps"] < 10_000_000
    assert read(saved).name == "moons"


@pytest.mark.parametrize("arguments", [["--help"], ["scenarios", "--json"], ["train", "--help"]])
def test_light_commands_load_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys; from boundaryviz.cli.app import run; code = run(sys.argv[1:]);"
        "print([m for m in ('torch', 'matplotlib', 'sklearn', 'PyQt6') if m in sys.modules], file=sys.stderr)"
    )
    found = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True)
    assert found.stderr.strip() == "[]"


def test_a_word_that_is_none_is_answered_with_the_program_s_help_and_the_nearest_command(capsys) -> None:
    assert run(["trian", "moons"]) == 2
    said = capsys.readouterr().err
    assert "boundaryviz --help" in said
    assert "open" not in said
    assert "boundaryviz train" in said
    assert run(["chek"]) == 2
    assert "the command check" in capsys.readouterr().err
