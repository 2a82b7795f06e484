"""What a study is reduced to: size and learning curves, choices of a size, power laws, peaks. numpy alone."""

from __future__ import annotations

from boundaryviz.record.reports.asked import REPORTS, problems_of, report_of
from boundaryviz.record.reports.base import Report, ReportError
from boundaryviz.record.reports.double_descent import DoubleDescentReport
from boundaryviz.record.reports.learning import LearningReport
from boundaryviz.record.reports.power_law import PowerLawReport
from boundaryviz.record.reports.size import SizeReport

__all__ = [
    "REPORTS", "DoubleDescentReport", "LearningReport", "PowerLawReport", "Report", "ReportError", "SizeReport",
    "problems_of", "report_of",
]  # fmt: skip
