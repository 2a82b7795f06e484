"""How fast a run goes, and where it stops."""

from __future__ import annotations

from boundaryviz.engine.messages import Play

_BEHIND = 0.1  # seconds of training that may be caught up with; more than that would be seen as a leap
_MANY = 1 << 30  # steps: no limit


class Tempo:
    """What `Play` asked for, and how many steps it leaves to be done by now.

    A stop is a step that was named or, after a change of what is trained on, so many steps later as `Play.again` says.
    """

    def __init__(self) -> None:
        self._asked = Play()
        self._end: int | None = None
        self._since = 0  # the step of the last change
        self._from = (0.0, 0)  # seconds and steps from which the speed is counted

    @property
    def endless(self) -> bool:
        """Whether there is no stop ahead."""
        return self._end is None

    @property
    def wakes(self) -> bool:
        """Whether a change at the stop has it go on."""
        return self._asked.again is not None

    def ask(self, message: Play, step: int, playing: bool) -> None:
        """Take what is asked for at a step, while it plays or not.

        With `again`, a stop that was reached already is no stop: it goes on without one.
        """
        before, self._asked = self._asked, message
        same = (before.stop_at, before.again) == (message.stop_at, message.again)
        if same and playing:  # the speed alone is another
            return
        if not same:
            self._since = 0
        self._end = self._ends()
        if self.wakes and self.over(step):
            self._end = None

    def begin(self) -> None:
        """It is at step 0 again, or at a step to which it did not come by itself."""
        self._since = 0
        self._end = self._ends()

    def change(self, step: int) -> None:
        """What is trained on changes after this step."""
        self._since = step
        if self._end is not None:
            self._end = self._ends()

    def start(self, now: float, step: int) -> None:
        """Count the speed from here on."""
        self._from = (now, step)

    def over(self, step: int) -> bool:
        """Whether it stops at this step."""
        return self._end is not None and step >= self._end

    def allowance(self, now: float, step: int) -> int:
        """How many steps may be done at once, at so many seconds and steps."""
        allowed, speed = _MANY, self._asked.speed
        if speed is not None:
            (since, steps), most = self._from, max(int(_BEHIND * speed), 1)
            allowed = int((now - since) * speed) - (step - steps)
            if allowed > most:  # it cannot keep up: do not hoard
                self._from, allowed = (now - most / speed, step), most
        return allowed if self._end is None else min(allowed, self._end - step)

    def _ends(self) -> int | None:
        stop, again = self._asked.stop_at, self._asked.again
        return stop if stop is None or again is None or not self._since else max(stop, self._since + again)
