"""The windows for customer-service messages, and the tokens."""

from __future__ import annotations

import pytest

from channels.simulator.allowance import Allowance, Tokens
from weijing.errors import PlatformError


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


def refused(allowance: Allowance) -> int:
    with pytest.raises(PlatformError) as caught:
        allowance.check()
    return caught.value.errcode


def test_nobody_wrote_so_nothing_may_be_sent() -> None:
    assert refused(Allowance(Clock())) == 45015


def test_a_message_allows_five_within_48_hours() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    allowance.open("message")
    for _ in range(5):
        allowance.check()
        allowance.use()
    assert refused(allowance) == 45047
    allowance.open("message")
    clock.now += 48 * 3600 - 1
    allowance.check()
    clock.now += 2
    assert refused(allowance) == 45015


def test_a_tap_allows_three_within_a_minute_and_does_not_add_to_the_five() -> None:
    clock = Clock()
    allowance = Allowance(clock)
    allowance.open("tap")
    assert allowance.left() == 3
    clock.now += 61
    assert refused(allowance) == 45015
    allowance.open("message")
    allowance.open("tap")
    for _ in range(5):
        allowance.check()
        allowance.use()
    assert refused(allowance) == 45047


def test_unfollowing_closes_the_windows() -> None:
    allowance = Allowance(Clock())
    allowance.open("message")
    allowance.close()
    assert refused(allowance) == 45015


def test_the_stable_token_stays_until_its_last_five_minutes() -> None:
    clock = Clock()
    tokens = Tokens(clock)
    first, seconds = tokens.stable()
    assert seconds == 7200 and len(first) <= 512
    clock.now += 6899
    assert tokens.stable() == (first, 301)
    clock.now += 2
    second, _ = tokens.stable()
    assert second != first
    tokens.check(first)
    clock.now += 300
    with pytest.raises(PlatformError):
        tokens.check(first)


def test_a_plain_token_leaves_the_one_before_five_minutes_and_the_stable_one_alone() -> None:
    clock = Clock()
    tokens = Tokens(clock)
    stable, _ = tokens.stable()
    first, _ = tokens.plain()
    tokens.plain()
    tokens.check(first)
    clock.now += 301
    with pytest.raises(PlatformError) as caught:
        tokens.check(first)
    assert caught.value.errcode == 40001
    tokens.check(stable)
    tokens.stable(force=True)
    with pytest.raises(PlatformError):
        tokens.check(stable)
