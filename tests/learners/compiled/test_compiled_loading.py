"""Where the program comes from, and that no trouble with it is anybody's: simulated but for one real start."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import metadata, util
from pathlib import Path
from typing import Any

import platformdirs
import pytest

from boundaryviz.learners.compiled import loading
from boundaryviz.learners.specs import MLPSpec
from helpers.compiled import program
from helpers.models import blobs, make

Calls = list[str]


@pytest.fixture
def code() -> bytes:
    """The real code, as it was compiled for all tests."""
    program()
    path = loading._path()
    found = None if path is None else loading._read(path)
    assert found is not None
    return found


@pytest.fixture
def calls(code: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """A start on an empty cache, whose compiling takes no time and is noted."""
    noted: Calls = []

    def at_once() -> bytes:
        noted.append("compiled")
        return code

    monkeypatch.setattr(loading, "_compiled", at_once)
    monkeypatch.setenv(loading.CACHE, str(tmp_path / "cache"))
    again(monkeypatch)
    return noted


def again(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the program started anew."""
    monkeypatch.setattr(loading, "_held", loading._Held())


def works(found: Any) -> bool:
    learner = make(MLPSpec(), data=blobs(40))
    learner.step_by(found)
    before = learner.P.clone()
    learner.step(3)
    return found is not None and not bool((before == learner.P).all())


def without(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """As if these packages were not installed."""
    find = util.find_spec
    monkeypatch.setattr(util, "find_spec", lambda name, *more: None if name in names else find(name, *more))
    version = metadata.version

    def there(name: str) -> str:
        if name in names:
            raise metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr(metadata, "version", there)


def test_it_is_compiled_once_and_found_by_the_next_start(calls: Calls, monkeypatch: pytest.MonkeyPatch):
    assert works(loading.program())
    assert loading.program() is loading.program()
    again(monkeypatch)
    assert works(loading.program(wait=False))
    assert calls == ["compiled"]
    assert loading.trouble() == ""
    folder = Path(os.environ[loading.CACHE])
    assert [path.suffix for path in folder.iterdir()] == [".o"]


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def garbled(data: bytes) -> bytes:
    return data[:5000] + bytes([data[5000] ^ 1]) + data[5001:]


def of_another_numba(data: bytes) -> bytes:
    head, _, rest = data.partition(b"\n")
    return head.rpartition(b" ")[0] + b" 0.1\n" + rest


def of_another_machine(data: bytes) -> bytes:
    return loading._sealed("compiled-other.o", data.partition(b"\n")[2])


@pytest.mark.parametrize("spoil", [cut, garbled, of_another_numba, of_another_machine, lambda data: b""],
                         ids=["cut", "garbled", "numba", "machine", "empty"])  # fmt: skip
def test_a_torn_file_is_written_anew(calls: Calls, monkeypatch: pytest.MonkeyPatch, spoil: Callable[[bytes], bytes]):
    loading.program()
    (path,) = Path(os.environ[loading.CACHE]).iterdir()
    whole = path.read_bytes()
    path.write_bytes(spoil(whole))
    again(monkeypatch)
    assert works(loading.program())
    assert calls == ["compiled"] * 2
    assert path.read_bytes() == whole


def test_where_nothing_can_be_kept_it_is_compiled_at_each_start(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    (tmp_path / "file").write_text("in the way")
    caplog.set_level(logging.INFO)
    monkeypatch.setenv(loading.CACHE, str(tmp_path / "file" / "below"))
    assert works(loading.program())
    assert "cannot be kept" in caplog.text
    monkeypatch.delenv(loading.CACHE)
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *args, **more: "~/.cache/boundaryviz")
    again(monkeypatch)
    assert works(loading.program())
    assert not Path("~").exists()

    def homeless(*args: Any, **more: Any) -> str:
        raise RuntimeError("no home")

    monkeypatch.setattr(platformdirs, "user_cache_dir", homeless)
    again(monkeypatch)
    assert works(loading.program())
    assert calls == ["compiled"] * 3


@pytest.mark.parametrize(("gone", "words"), [("llvmlite", "llvmlite is not"), ("numba", "numba is not")])
def test_without_the_packages_there_is_none_and_one_line_says_so(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, gone: str, words: str
):
    caplog.set_level(logging.INFO)
    without(monkeypatch, gone)
    assert loading.program() is loading.program(wait=False) is None
    assert words in loading.trouble()
    assert len(caplog.records) == 1
    assert calls == []


def test_what_was_kept_needs_no_numba(calls: Calls, monkeypatch: pytest.MonkeyPatch):
    loading.program()
    without(monkeypatch, "numba")
    again(monkeypatch)
    assert works(loading.program())
    assert calls == ["compiled"]


def test_a_processor_without_avx2(calls: Calls, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "_processor", lambda: ("core2", "+sse3", False))
    assert loading.program() is None
    assert loading.trouble() == "this processor (core2) has no AVX2"


def test_the_switch(calls: Calls, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(loading.SWITCH, "off")
    assert loading.program() is loading.program(wait=False) is None
    assert loading.SWITCH in loading.trouble()
    monkeypatch.delenv(loading.SWITCH)
    assert loading.trouble() == ""
    assert works(loading.program())


def test_code_that_cannot_be_loaded_is_no_error(calls: Calls, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(loading, "_compiled", lambda: b"no object code")
    assert loading.program() is None
    assert loading.trouble()


@pytest.mark.parametrize(("numba", "longest", "words"), [
    ("raise RuntimeError('numba is broken')", 60.0, "RuntimeError: numba is broken"),
    ("import os; os._exit(7)", 60.0, "exit code 7"),
    ("import time; time.sleep(60)", 0.5, "exit code -9"),
], ids=["raises", "dies", "hangs"])  # fmt: skip
def test_compiling_that_fails_is_no_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, numba: str, longest: float, words: str
):
    """In the real process, with a numba that is none."""
    pytest.importorskip("numba")
    monkeypatch.setenv(loading.CACHE, str(tmp_path / "cache"))
    monkeypatch.delenv(loading.SWITCH, raising=False)
    again(monkeypatch)
    (tmp_path / "numba").mkdir()
    (tmp_path / "numba" / "__init__.py").write_text(numba)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(loading, "LONGEST", longest)
    assert loading.program() is None
    assert words in loading.trouble() or (longest < 1 and sys.platform == "win32")
    assert not [*(tmp_path / "cache").iterdir()]


def test_an_interpreter_that_is_not_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    with pytest.raises(loading.Trouble, match="could not be compiled"):
        loading._compiled()


def test_who_does_not_wait_gets_it_once_it_is_there(calls: Calls, code: bytes, monkeypatch: pytest.MonkeyPatch):
    go = threading.Event()

    def slowly() -> bytes:
        calls.append("slowly")
        assert go.wait(60)
        return code

    monkeypatch.setattr(loading, "_compiled", slowly)
    assert [loading.program(wait=False) for _ in range(3)] == [None] * 3
    assert loading.trouble() == ""
    waiting: list[Any] = []
    others = [threading.Thread(target=lambda: waiting.append(loading.program())) for _ in range(3)]
    for one in others:
        one.start()
    go.set()
    assert loading._held.thread is not None
    for one in (*others, loading._held.thread):
        one.join(60)
    assert calls == ["slowly"]
    assert waiting == [loading.program(wait=False)] * 3
    assert works(waiting[0])


def test_two_processes_at_once_write_one_whole_file(calls: Calls, code: bytes, monkeypatch: pytest.MonkeyPatch):
    """Both write the same file, each by a rename, and none sees half of it."""
    path = loading._path()
    assert path is not None
    writers = [threading.Thread(target=loading._write, args=(path, code)) for _ in range(4)]
    for one in writers:
        one.start()
    for one in writers:
        one.join(60)
        assert loading._read(path) == code
    assert [*path.parent.iterdir()] == [path]


def test_of_two_first_starts_at_once_the_second_waits_for_what_the_first_compiles(
    calls: Calls, code: bytes, monkeypatch: pytest.MonkeyPatch
):
    """Two that know nothing of each other, as in processes of their own."""
    pytest.importorskip("fcntl")
    go, begun = threading.Event(), threading.Event()

    def slowly() -> bytes:
        calls.append("slowly")
        begun.set()
        assert go.wait(60)
        return code

    monkeypatch.setattr(loading, "_compiled", slowly)
    path, found = loading._path(), []
    assert path is not None
    starts = [threading.Thread(target=lambda: found.append(loading._kept(path))) for _ in range(2)]
    starts[0].start()
    assert begun.wait(60)
    starts[1].start()
    starts[1].join(0.05)  # in which it would have begun as well
    go.set()
    for one in starts:
        one.join(60)
    assert calls == ["slowly"]
    assert found == [code, code]


def test_the_process_that_compiles_has_the_package_of_whoever_started_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Also where that is not installed, and was found in the folder that one stands in."""
    fake = tmp_path / "boundaryviz" / "learners" / "compiled"
    fake.mkdir(parents=True)
    for folder in (fake, fake.parent, fake.parent.parent):
        (folder / "__init__.py").touch()
    (fake / "making.py").write_text("import sys\ndef main(): sys.stdout.write('made\\nhere')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    assert loading._compiled() == b"here"
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path and not (Path(path) / "boundaryviz").exists()])
    monkeypatch.setattr(loading, "__file__", str(fake / "loading.py"))
    monkeypatch.chdir(tmp_path.parent)
    assert loading._compiled() == b"here"


def test_old_files_go(calls: Calls, code: bytes):
    path = loading._path()
    assert path is not None
    path.parent.mkdir(parents=True)
    for age in range(12):
        old = path.parent / f"compiled-{age}.o{'half' * (age > 9)}"
        old.write_bytes(b"")
        os.utime(old, (1e9 - age, 1e9 - age))
    loading._write(path, code)
    assert {one.name for one in path.parent.iterdir()} == {path.name, *(f"compiled-{age}.o" for age in range(7))}


def test_the_process_that_compiles_ends_when_nobody_waits():
    done = subprocess.run(
        [sys.executable, "-c", "from boundaryviz.learners.compiled import making; making._watch()"],
        stdin=subprocess.DEVNULL, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1


def test_a_fresh_process_has_it_from_the_cache_without_numba(code: bytes):
    """A real start."""
    script = (
        "import sys; from boundaryviz.learners.compiled import loading; found = loading.program(wait=False); "
        "print(found is not None, 'numba' in sys.modules, 'torch' in sys.modules, loading.trouble())"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["True", "False", "False"], done.stderr
