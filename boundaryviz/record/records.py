"""Results as rows: a data frame where pandas is there, CSV always."""

from __future__ import annotations

import csv
import io
import math
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, Any

from boundaryviz.tables.cells import as_cell

if TYPE_CHECKING:
    from pandas import DataFrame


class Records(tuple[dict[str, Any], ...]):
    """Rows of plain values by name. Not every row has all the names."""

    @property
    def names(self) -> list[str]:
        """Of all columns, in the order in which they first come."""
        return list(dict.fromkeys(name for row in self for name in row))

    def to_frame(self) -> DataFrame:
        """As pandas has them; NaN where a row has no such value. Raises ImportError, in words, without pandas."""
        try:
            import pandas
        except ImportError:
            words = "a data frame needs pandas, which is not installed; to_csv() gives the same rows"
            raise ImportError(words) from None
        return pandas.DataFrame(list(self), columns=self.names)

    def to_csv(self, path: str | Path | None = None) -> str:
        """As CSV with a header; an empty cell where there is no value. path: also written there, in UTF-8.

        Raises OSError where it cannot be written.
        """
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names := self.names)
        writer.writerows([_cell(row.get(name)) for name in names] for row in self)
        if path is not None:
            Path(path).write_text(text.getvalue(), encoding="utf-8")
        return text.getvalue()


class Tabular(ABC):
    """A result that can be had as a table."""

    @abstractmethod
    def rows(self) -> Records:
        """The result, a row for each thing measured."""

    def to_frame(self) -> DataFrame:
        """`rows` as a data frame. Raises ImportError without pandas, which `to_csv` does not need."""
        return self.rows().to_frame()

    def to_csv(self, path: str | Path | None = None) -> str:
        """`rows` as CSV; path: also written there. Raises OSError where it cannot be written."""
        return self.rows().to_csv(path)


def _cell(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    return as_cell(value) if isinstance(value, str) else value
