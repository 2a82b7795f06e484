"""Something went wrong, in a sentence, with all that a report of it needs, ready to be copied."""

from __future__ import annotations

from PyQt6.QtCore import QTimer
from PyQt6.QtGui import QFontDatabase, QGuiApplication
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from boundaryviz.gui.widgets.controls import label
from boundaryviz.scene.plain_text import long_text

_MOST = 200_000  # characters


class ReportDialog(QDialog):
    """Not modal: whoever teaches goes on, and reads it later."""

    def __init__(self, title: str, sentence: str, report: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.sentence = label(sentence, wraps=True)
        self.report = QPlainTextEdit(long_text(report, _MOST))
        self.report.setReadOnly(True)
        self.report.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.report.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.report.setTabChangesFocus(True)
        self.report.setAccessibleName("Report")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        self.copy_button = QPushButton("Copy report")
        buttons.addButton(self.copy_button, QDialogButtonBox.ButtonRole.ActionRole)
        self.copy_button.setProperty("role", "primary")
        self.copy_button.setMinimumWidth(self.copy_button.sizeHint().width() + 16)  # "Copied" must not narrow it
        self.copy_button.clicked.connect(self._copy)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(16)
        layout.addWidget(self.sentence)
        layout.addWidget(self.report, 1)
        layout.addWidget(buttons)
        self.resize(720, 480)
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(2000)
        self._said.timeout.connect(lambda: self.copy_button.setText("Copy report"))

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(self.report.toPlainText())
            self.copy_button.setText("Copied")
            self._said.start()
