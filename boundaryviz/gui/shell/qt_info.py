"""What Qt knows of this machine, as JSON: `python -m boundaryviz.gui.shell.qt_info`, asked by `boundaryviz doctor`."""

from __future__ import annotations

import json
import sys
from typing import Any

from PyQt6.QtCore import PYQT_VERSION_STR, QT_VERSION_STR, QSettings
from PyQt6.QtGui import QFontDatabase, QGuiApplication

_SHOWN = (str, int, float, bool)


def facts() -> dict[str, Any]:
    """Versions, platform, screens, fonts, and the settings; of those that are bytes or lists only how many."""
    general = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    screens = [f"{s.size().width()} x {s.size().height()} x{s.devicePixelRatio():g}" for s in QGuiApplication.screens()]
    settings = QSettings("boundaryviz", "boundaryviz")
    return {
        "Qt": f"{QT_VERSION_STR}, PyQt {PYQT_VERSION_STR}",
        "Qt platform": QGuiApplication.platformName(),
        "screens": ", ".join(screens) or "none",
        "font": f"{general.family()} {general.pointSize()} pt, of {len(QFontDatabase.families())} families",
        "settings": {"file": settings.fileName(), **{key: _shown(settings.value(key)) for key in settings.allKeys()}},
    }


def _shown(value: Any) -> str:
    if isinstance(value, _SHOWN):
        return str(value)
    return f"({len(value)} {'entries' if isinstance(value, list) else 'bytes'})" if hasattr(value, "__len__") else "?"


if __name__ == "__main__":
    app = QGuiApplication(sys.argv[:1])
    print(json.dumps(facts()))
