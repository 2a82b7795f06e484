"""Qt's QTest, whose stubs miss that all it offers is static."""

from __future__ import annotations

from typing import Any

from PyQt6 import QtTest

QTest: Any = QtTest.QTest
