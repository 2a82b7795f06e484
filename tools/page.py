"""Set a page of two columns around figures at their true size, and write `assets/guide/page.png`.

A twin of 17.5 cm is included as PDF, curves and flips of 8.5 cm as PGF, on A4 with 10 point text. What the picture
shows is what a paper would: letters of figures beside letters of text, at the size both have in print. Needs LaTeX,
with `pgf` and `lmodern`, and `pdftoppm`. Run by hand when figures look different:

    python tools/page.py
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from PIL import Image

import boundaryviz as bv
from boundaryviz.figures.sheet import save

PICTURE = Path(__file__).resolve().parents[1] / "assets" / "guide" / "page.png"
DPI = 96
PAGE = r"""\documentclass[10pt,a4paper,twocolumn]{article}
\usepackage[T1]{fontenc}
\usepackage{lmodern,microtype,graphicx,pgf}
\usepackage[textwidth=17.5cm,columnsep=0.5cm,top=1.8cm,bottom=1.8cm]{geometry}
\usepackage[font=small,labelfont=bf]{caption}
\pagestyle{empty}
\begin{document}
\twocolumn[{\noindent\includegraphics{twin}
\captionof{figure}{\textbf{(a)} A net that follows its own confident guesses, trained on clean data. \textbf{(b)} The
same net with the same seed, after a path of unlabelled points was laid from one moon into the other. Figures are
17.5\,cm and 8.5\,cm wide and included without scaling.}
\bigskip}]
\section{Poison without labels}
Whoever learns from few labels and many unlabelled examples trusts the examples: where they lie close together,
the class is taken to be the same. An attacker who may add examples, though no labels, can abuse just this trust. It is
enough to lay a path that starts in a crowd of one class and ends at the point that is to be misread. Every step of
the path is short, so that the learner hands the label on, and no single point looks out of place.

Both models of Figure~1 begin from the same parameters and draw the same batches of clean points, so that all that
differs between the two planes is owed to the poison.
Red circles are points that the attacker added; the star is the target, filled with the colour of the class that the
attacker wants there. The boundary is drawn where both classes are equally probable.

\bigskip\noindent\input{curves.pgf}
\captionof{figure}{Loss and error of the poisoned net while it trains.}

\section{What is measured}
The \emph{flip rate} is the share of test points that get another class than they get from the clean twin. It needs
no true labels, since it compares two models with one another rather than a model with the truth. The
\emph{attack success rate} is the share of targets that end in the class the attacker wants. Both
are reported over several seeds, as one run says little of a method whose noise alone moves the boundary. Figure~3 shows
where the two models of one seed disagree.

\bigskip\noindent\input{flip.pgf}
\captionof{figure}{What the poison turned over, hatched by what it became. The dashed line is the boundary of the clean
twin.}

\section{Figures at their true size}
A figure that is drawn at the width it will have needs no scaling: its smallest letters stay
readable beside the text around them, and its lines are as thick as they were meant. The words of Figures~2 and~3 are
set by \LaTeX{} itself, in a font of this document, while Figure~1 brings letters of its own. Contours, points and
words are vectors; only the field behind them is a picture.
\end{document}
"""


def main() -> None:
    """Train, draw, set the page and write its picture."""
    run = bv.train("two-moons-bridge-neural", twin=True)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        save(run.figure("twin", width_cm=17.5, letters=True), place / "twin.pdf")
        for view in ("curves", "flip"):
            save(run.figure(view, width_cm=8.5), place / f"{view}.pgf")
        (place / "page.tex").write_text(PAGE)
        for _ in range(2):  # the second time it knows the numbers of its figures
            _call(place, "pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex")
        _call(place, "pdftoppm", "-png", "-r", str(DPI), "-singlefile", "page.pdf", "page")
        _write(place / "page.png")
    print(f"wrote {PICTURE}, {PICTURE.stat().st_size:,} bytes")


def _call(place: Path, *command: str) -> None:
    subprocess.run(command, cwd=place, check=True, stdout=subprocess.DEVNULL)


def _write(page: Path) -> None:
    """The page as a small PNG."""
    with Image.open(page) as image:
        image.convert("RGB").save(PICTURE, optimize=True, dpi=(DPI, DPI))


if __name__ == "__main__":
    main()
