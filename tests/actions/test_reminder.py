"""Reminders the day before: once for each appointment, told whole, and nobody at night."""

from __future__ import annotations

import json
from datetime import datetime, time
from uuid import uuid4

import pytest

from actions.client import backend as api
from actions.reminder import remind
from store.keys import key, partition
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from weijing.errors import BackendUnavailable
from weijing.workdays import ONE_DAY, SHANGHAI, add_workdays

OPENID = "o-remind"
PART = partition(OPENID)


async def book(starts_at: datetime) -> str:
    """An appointment at a free counter."""
    slot = {"office_id": "demo_traffic_23", "service": "traffic", "starts_at": starts_at.isoformat()}
    return str((await api().book({**slot, "openid": OPENID, "name": "示例", "phone": "19900000001"}, uuid4().hex))["appointment_no"])


async def told(redis: Redis) -> list[str]:
    """The texts that wait for the user."""
    due = await redis.zrange(key(PART, "due"), 0, -1)
    return [json.loads(await redis.hget(key(PART, "turn", message_key), "reply") or "[]")[0]["text"] for message_key in due]


async def test_whoever_comes_tomorrow_is_reminded_once_in_the_afternoon(redis: Redis, backend: BackendProcess) -> None:
    coming = datetime.combine(add_workdays(datetime.now(SHANGHAI).date(), 5), time(9, 30), SHANGHAI)
    number = await book(coming)
    today = coming - ONE_DAY
    assert await remind(redis, api(), today.replace(hour=3)) == 0, "nobody is woken"
    assert await remind(redis, api(), today.replace(hour=17) - ONE_DAY) == 0, "not two days before"
    assert [await remind(redis, api(), today.replace(hour=17)) for _ in range(3)] == [1, 0, 0]
    (text,) = await told(redis)
    assert number in text and "9:30" in text and "示例车管所" in text and "取消预约" in text
    await redis.flushall()
    assert await remind(redis, api(), today.replace(hour=17)) == 0, "the backend knows, also when the outbox has forgotten"
    await api().cancel_appointment(number, OPENID)


async def test_a_process_that_died_between_post_and_note_tells_once(redis: Redis, backend: BackendProcess) -> None:
    coming = datetime.combine(add_workdays(datetime.now(SHANGHAI).date(), 7), time(9, 30), SHANGHAI)
    number = await book(coming)
    posting = api()

    async def die(appointment_no: str) -> None:
        raise BackendUnavailable(appointment_no)

    posting.mark_reminded = die  # type: ignore[method-assign, assignment]  # the crash
    with pytest.raises(BackendUnavailable):
        await remind(redis, posting, (coming - ONE_DAY).replace(hour=17))
    del posting.mark_reminded
    assert await remind(redis, posting, (coming - ONE_DAY).replace(hour=18)) == 1
    assert len(await told(redis)) == 1
    await api().cancel_appointment(number, OPENID)


async def test_who_cancelled_is_not_reminded(redis: Redis, backend: BackendProcess) -> None:
    coming = datetime.combine(add_workdays(datetime.now(SHANGHAI).date(), 9), time(9, 30), SHANGHAI)
    await api().cancel_appointment(await book(coming), OPENID)
    assert await remind(redis, api(), (coming - ONE_DAY).replace(hour=17)) == 0 and await told(redis) == []
