"""PGF files for LaTeX, written without LaTeX: matplotlib's own backend starts it to measure words and place pictures.

Words are measured in the figure's font and set in the document's: its sans, or its roman. The latter are narrower than
DejaVu, so nothing that fits here overlaps there.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import cbook
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_mixed import MixedModeRenderer
from matplotlib.backends.backend_pgf import FigureCanvasPgf, RendererPgf
from matplotlib.collections import PathCollection
from PIL import Image
from typing_extensions import override

from boundaryviz.scene.plain_text import one_line

BACKEND = f"module://{__name__}"
"""What `savefig(backend=...)` takes to write with this module."""

_CROWD = 400  # so many points of one kind become part of a picture: TeX's memory does not hold thousands of symbols
_LONGEST = 200  # letters of a picture's name before its number, where a name may have 255
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "\u2026": r"\dots{}", "\u00bd": r"\ensuremath{\frac12}",
    "\u00a0": "~", "\u00d7": r"\ensuremath{\times}", "\u00b2": r"\ensuremath{^2}", "\u2074": r"\ensuremath{^4}",
    "<": r"\ensuremath{<}", ">": r"\ensuremath{>}", "|": r"\ensuremath{|}", '"': "''", "`": r"\textasciigrave{}",
    "\ufffd": "?",
}  # fmt: skip
_HEADER = """% Put it into a LaTeX document, with \\usepackage{{pgf}} in the preamble, by
%   \\input{{{name}}}
% from the folder it lies in with its pictures; from another one with \\usepackage{{import}} and
%   \\import{{folder/}}{{{name}}}
% Sizes of type that look wrong want scalable fonts: \\usepackage[T1]{{fontenc}} and \\usepackage{{lmodern}}.
"""


def tex(words: str, has_formulas: bool = False) -> str:
    r"""Words so that LaTeX sets them as they stand. has_formulas: what stands between dollar signs is left alone,
    and `\$` is a dollar sign."""
    if not has_formulas:
        return re.sub("-(?=-)", "-{}", "".join(_SPECIAL.get(letter, letter) for letter in words))  # or they join
    parts = re.split(r"(?<!\\)\$", words)
    return "$".join(
        part if at % 2 else tex(part.replace(r"\$", "$")) for at, part in enumerate(parts)
    )  # between two dollar signs stand the odd ones


class _Renderer(RendererPgf):
    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> tuple[float, float, float]:
        return RendererBase.get_text_width_height_descent(self, s, prop, ismath)

    def draw_text(
        self, gc: Any, x: float, y: float, s: str, prop: Any, angle: float, ismath: Any = False, mtext: Any = None
    ) -> None:
        prop = prop.copy()
        prop.set_family("sans-serif" if "Sans" in prop.get_family()[0] else "serif")
        super().draw_text(gc, x, y, tex(s, bool(ismath)), prop, angle, ismath, mtext)

    def draw_image(self, gc: Any, x: float, y: float, im: Any, transform: Any = None) -> None:
        place = Path(getattr(self.fh, "name", ""))
        if not place.is_file():
            raise ValueError("a PGF figure that holds pictures is written to a file, beside which they lie")
        name = f"{re.sub('[^A-Za-z0-9.-]+', '-', place.stem)[:_LONGEST] or 'figure'}-img{self.image_counter}.png"
        self.image_counter += 1
        Image.fromarray(im[::-1] if (im[..., 3] < 255).any() else im[::-1, :, :3]).save(place.with_name(name))
        height, width = (size / self.dpi for size in im.shape[:2])
        self.fh.write("\\begin{pgfscope}%\n")
        self._print_pgf_clip(gc)
        self.fh.write(
            f"\\pgfsys@transformshift{{{x / self.dpi:f}in}}{{{y / self.dpi:f}in}}%\n"
            f"\\pgftext[left,bottom]{{\\pgfimage[interpolate=true,width={width:f}in,height={height:f}in]{{{name}}}}}%\n"
            "\\end{pgfscope}%\n"
        )


class FigureCanvas(FigureCanvasPgf):
    """A canvas whose `print_pgf` takes the place of matplotlib's."""

    @override
    def get_renderer(self) -> _Renderer:
        return _Renderer(self.figure, None)

    def print_pgf(self, fname_or_fh: Any, *, metadata: dict[str, str] | None = None, **kwargs: Any) -> None:
        """Write the file, and its pictures beside it as NAME-img0.png, NAME-img1.png, ... A stream, which has no
        place beside it, takes no pictures. metadata: said at its head."""
        with cbook.open_file_cm(fname_or_fh, "w", encoding="utf-8") as given:
            file = given if cbook.file_requires_unicode(given) else codecs.getwriter("utf-8")(given)
            file.write("".join(f"% {key}: {one_line(words)}\n" for key, words in (metadata or {}).items()))
            file.write(_HEADER.format(name=one_line(Path(getattr(given, "name", "figure.pgf")).name)))
            self._draw_into(file, **kwargs)

    def _draw_into(self, file: Any, *, bbox_inches_restore: Any = None, **_: Any) -> None:
        figure = self.figure
        width, height = figure.get_size_inches()
        file.write(
            "\\begingroup%\n\\makeatletter%\n\\providecommand\\mathdefault[1]{#1}%\n\\begin{pgfpicture}%\n"
            f"\\pgfpathrectangle{{\\pgfpointorigin}}{{\\pgfqpoint{{{width:f}in}}{{{height:f}in}}}}%\n"
            "\\pgfusepath{use as bounding box, clip}%\n"
        )
        with mpl.rc_context({"pgf.rcfonts": False}):
            renderer: Any = MixedModeRenderer(
                figure, width, height, figure.dpi, _Renderer(figure, file), bbox_inches_restore=bbox_inches_restore
            )
            crowds = [some for some in figure.findobj(PathCollection) if len(np.asarray(some.get_offsets())) > _CROWD]
            for some in crowds:
                some.set_rasterized(True)
            try:
                figure.draw(renderer)
            finally:
                for some in crowds:
                    some.set_rasterized(False)
        file.write("\\end{pgfpicture}%\n\\makeatother%\n\\endgroup%\n")
