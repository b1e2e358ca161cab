"""When a person answers at the desk, as the administrator set it: hours by weekday, holidays off, a Saturday or Sunday worked in exchange (调休) as Monday.

Offices keep hours of their own (`weijing.workdays`); until somebody sets the desk's they are the same.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from weijing.workdays import OFFICE_HOURS, ONE_DAY, SHANGHAI, holiday_of, is_workday, next_opening

Ranges = tuple[tuple[time, time], ...]
USUAL: Mapping[int, Ranges] = dict.fromkeys(range(1, 6), OFFICE_HOURS)
AHEAD = 60
"""Days that are looked through for the next opening."""


@dataclass(frozen=True)
class DeskHours:
    """The hours of a week.

    Args:
        weekdays: ISO weekday (Monday is 1) -> openings and closings in their order; the closing minute is closed.
    """

    weekdays: Mapping[int, Ranges]

    def on(self, day: date) -> Ranges:
        """The hours of that day."""
        if holiday_of(day):
            return ()
        if day.isoweekday() > 5 and is_workday(day):
            return self.weekdays.get(day.isoweekday()) or self.weekdays.get(1, ())
        return self.weekdays.get(day.isoweekday(), ())

    def next_opening(self, now: datetime) -> datetime | None:
        """The first moment from `now` on at which somebody answers, `now` itself during the hours; None if nobody does for two months."""
        local = now.astimezone(SHANGHAI)
        for number in range(AHEAD):
            day = local.date() + number * ONE_DAY
            for opens, closes in self.on(day):
                if local < datetime.combine(day, closes, SHANGHAI):
                    return max(local, datetime.combine(day, opens, SHANGHAI))
        return None

    def as_json(self) -> str:
        """For Redis."""
        return json.dumps({str(weekday): [[f"{opens:%H:%M}", f"{closes:%H:%M}"] for opens, closes in ranges] for weekday, ranges in self.weekdays.items()})

    @classmethod
    def of_json(cls, text: str) -> DeskHours:
        """What `as_json` wrote."""
        read = time.fromisoformat
        return cls({int(day): tuple((read(opens), read(closes)) for opens, closes in ranges) for day, ranges in json.loads(text).items()})


_in_force = [DeskHours(USUAL)]


def desk_hours() -> DeskHours:
    """Those in force, as this process last heard."""
    return _in_force[0]


def take_over(hours: DeskHours) -> None:
    """From now on these are in force in this process."""
    _in_force[0] = hours


def next_answer(now: datetime) -> datetime:
    """When a person answers: `now`, or the next opening; where the desk has no hours at all, that of the offices."""
    return desk_hours().next_opening(now) or next_opening(now)
