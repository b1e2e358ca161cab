"""When a person answers at the desk: holidays, weekends worked in exchange, and a desk that never opens."""

from __future__ import annotations

from datetime import date, datetime, time

import pytest

from weijing.desk_hours import USUAL, DeskHours
from weijing.workdays import OFFICE_HOURS, SHANGHAI

EVENING = DeskHours({**USUAL, 1: ((time(18), time(20)),), 6: ((time(10), time(12)),)})


@pytest.mark.parametrize(
    ("day", "ranges"),
    [
        (date(2026, 11, 23), ((time(18), time(20)),)), (date(2026, 11, 24), OFFICE_HOURS), (date(2026, 11, 28), ((time(10), time(12)),)),
        (date(2026, 11, 29), ()), (date(2026, 10, 1), ()), (date(2026, 9, 20), ((time(18), time(20)),)),
    ],
)  # fmt: skip
def test_the_hours_of_a_day(day: date, ranges: tuple[tuple[time, time], ...]) -> None:
    assert EVENING.on(day) == ranges


def test_it_is_written_and_read_back_and_never_opens_without_hours() -> None:
    assert DeskHours.of_json(EVENING.as_json()) == EVENING
    assert DeskHours({}).next_opening(datetime(2026, 11, 23, 9, tzinfo=SHANGHAI)) is None
    assert EVENING.next_opening(datetime(2026, 11, 23, 20, tzinfo=SHANGHAI)) == datetime(2026, 11, 24, 9, tzinfo=SHANGHAI)
