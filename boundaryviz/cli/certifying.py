"""`figure --view certificate`: train, and draw how much poison each decision is proven to survive."""

from __future__ import annotations

from boundaryviz.cli.drawing import Picture, check, parse_rect
from boundaryviz.cli.failures import UsageProblem
from boundaryviz.cli.results import Result, deliver
from boundaryviz.cli.training import Job, ending, trained
from boundaryviz.scenario.unproven import unproven


def certify_and_draw(job: Job, picture: Picture) -> int:
    """Write the figure, and its data where that is asked for; the exit code."""
    from boundaryviz.figures.certificate import draw_certificate
    from boundaryviz.figures.data import data_of_certificate, write_data
    from boundaryviz.figures.sheet import save
    from boundaryviz.figures.style import Options

    check(picture)
    rect, scenario = parse_rect(picture.rect), job.prepared()
    if why := unproven(scenario, scenario.scene().classes):
        raise UsageProblem(
            f"--view certificate: {why} Take --set learner.name=dpa, and nothing that looks at all points"
        )
    run, interrupted = trained(scenario, job)
    shown = run.snapshot(job.shown, columns=picture.columns, rect=rect)
    found = run.certificate(job.shown, picture.columns or 256, shown.rect)
    data = picture.data
    files = [
        Result(picture.output, lambda: save(draw_certificate(found, shown, Options(**picture.options)), picture.output))
    ]
    if data is not None:
        files.append(Result(data, lambda: write_data(data_of_certificate(found, shown), data)))
    failed = deliver(files)
    return failed or ending(run, interrupted, scenario.steps)
