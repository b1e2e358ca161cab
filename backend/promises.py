"""By when somebody who gave feedback hears from us, and who sees to it.

No law sets a day for following up a bad rating or for answering a letter to the director: both are the bureau's own promise, in workdays, by its settings
(`FOLLOW_UP_WORKDAYS`, `LETTER_WORKDAYS`). Where the letter has a name, the law stands above the promise: an office that gets a petition directly tells its
writer within 15 days what becomes of it, unless name or address are unclear (信访工作条例 art. 23); so the day told is never later than that. Art. 22 binds the
petition offices of party and government, not a bureau. A petition that asks for something is done within 60 days of acceptance (art. 34).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from aiohttp import web

from backend.routing import ANSWER_DAYS, INSPECTORS
from weijing.workdays import add_workdays

PETITIONS = "信访"


@dataclass(frozen=True)
class Promises:
    """The bureau's own promises, in workdays."""

    follow_up: int
    letter: int

    def follow_up_on(self, opened: date) -> date:
        """The day by which a bad rating is followed up."""
        return add_workdays(opened, self.follow_up)

    def letter_on(self, received: date, *, named: bool) -> date:
        """The day by which a letter is answered."""
        promised = add_workdays(received, self.letter)
        return min(promised, received + timedelta(days=ANSWER_DAYS)) if named else promised


PROMISES = web.AppKey("promises", Promises)


def supervisor_of(unit: str) -> str:
    """Who follows up what was said of a unit: the inspectors 督察 (人民警察法 art. 47), and of the inspectors somebody else."""
    return PETITIONS if INSPECTORS in unit else INSPECTORS
