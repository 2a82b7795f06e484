"""When something breaks: save first, then one dialog with all that a report needs; and the log of what was said."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QObject
from PyQt6.QtGui import QGuiApplication

from boundaryviz.gui.diagnostics.log_panel import LogPanel
from boundaryviz.gui.diagnostics.report_dialog import ReportDialog
from boundaryviz.gui.shell import system_info
from boundaryviz.gui.shell.frame import MainWindow
from boundaryviz.gui.shell.logbook import ERROR, Logbook


class ErrorReporting(QObject):
    """Reports and the log panel. keep: writes unsaved work down at once; whether it did. engines: what is known of
    those that could train."""

    def __init__(
        self,
        window: MainWindow,
        log: Logbook,
        keep: Callable[[], bool],
        engines: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        super().__init__(window)
        self._engines = engines
        self._window, self._log, self._keep = window, log, keep
        self._told = False
        self.panel = LogPanel(parent=window)
        window.themed.connect(self.panel.set_theme)
        self.panel.cleared.connect(log.clear)
        log.added.connect(self._added)
        window.actions_["help.log"].triggered.connect(lambda: self.show_log())
        window.actions_["help.report"].triggered.connect(lambda: self.show_report())

    def show_log(self) -> None:
        """Open the panel of what was said and went wrong."""
        if not self.panel.isVisible():
            self.panel.set_entries(self._log.entries)
        self.panel.show()
        self.panel.raise_()
        self.panel.activateWindow()

    def _added(self, entry: object) -> None:
        if self.panel.isVisible():
            self.panel.add(entry)  # type: ignore[arg-type]

    def show_report(self, title: str = "Report a problem", sentence: str = "", what: str = "") -> None:
        """What a report needs. what: happened, with all details."""
        dialog = ReportDialog(
            title, sentence or "Copy this into your report, and say what you did and what you expected.",
            self.report(what), self._window,
        )  # fmt: skip
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def offer_crash(self, what: str) -> Callable[[], None]:
        """Shows what the last session's crash left in its logs."""
        sentence = "The last session died in code that is not Python. This is what it left; copy it into a report."
        return lambda: self.show_report("The last crash", sentence, what)

    def report(self, what: str = "") -> str:
        """The text of a report."""
        facts = system_info.basics() | {
            "Qt": f"{QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}, platform {QGuiApplication.platformName()}",
            "device": self._window.status.device.text() or "not known yet",
            **self._engines(),
        }
        packages = "".join(f"\n  {name} {found or 'missing'}" for name, found in system_info.packages().items())
        lines = [f"{name}: {words}" for name, words in facts.items()]
        lines += [f"packages:{packages}", *(f"{k}={v}" for k, v in system_info.variables().items())]
        parts = ["\n".join(lines)]
        if what:
            parts.insert(0, what.strip())
        if said := self._log.tail():
            parts.append(f"Log\n{said}")
        return "\n\n".join(parts) + "\n"

    # ---- exceptions ---------------------------------------------------------------------------------

    def install(self) -> None:
        """Take over exceptions that nobody caught. After pyqtgraph was imported, which puts a hook in place."""
        sys.excepthook = self.hook
        threading.excepthook = lambda args: self.hook(args.exc_type, args.exc_value or Exception(), args.exc_traceback)

    def hook(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """What `sys.excepthook` calls: keep the work first, then say what happened."""
        details = "".join(traceback.format_exception(kind, error, trace))
        print(details, file=sys.stderr)
        if issubclass(kind, KeyboardInterrupt):
            os._exit(130)
        kept = self._keep()
        self._log.note("error", details, ERROR)
        if not self._told and threading.current_thread() is threading.main_thread():
            self._told = True  # one dialog is enough: what follows is usually the same
            safe = "Your points and settings were written down, and are offered at the next start. " if kept else ""
            self.show_report(
                "Something went wrong",
                f"boundaryviz met an error it did not expect. {safe}"
                "You can go on; save your work under another name if things look odd.",
                details,
            )


def trainer_words(where: str, message: str, details: str, folder: Path | None) -> str:
    """A trainer's failure for the log, with the end of its crash log where it died without a word."""
    last = system_info.tail(folder / system_info.TRAINER_LOG) if folder is not None and not details else ""
    return "\n".join(filter(None, [f"Failed {where}: {message}", details.strip(), last]))
