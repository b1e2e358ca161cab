"""Reminders the day before an appointment; the courier's process runs them.

Once for each appointment: a message is posted once for each key, and the backend notes who was reminded.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from actions.appointment_time import said_start
from actions.client import Backend, backend
from store.message import Bubble
from store.redis import FAULTS, Redis
from store.turns import Turns
from weijing.errors import BackendRefused, BackendUnavailable, StoreUnavailable
from weijing.workdays import ONE_DAY, SHANGHAI

log = logging.getLogger(__name__)

EVERY_S = 300.0
HOURS = range(16, 21)
"""Hours of the day (Shanghai) in which people are reminded of tomorrow: late enough that few book for tomorrow afterwards, before the night."""
REMINDER = (
    "提醒您：明天 {start}，在{office}办理{service_name}，预约号 {appointment_no}。\n地址：{address}\n"
    "请带好材料原件，准时到。改时间说“改约”，不去了说“取消预约”，把号留给别人。"
)


async def remind(redis: Redis, api: Backend, now: datetime) -> int:
    """Remind everybody who comes tomorrow and was not reminded yet; returns how many were.

    Raises:
        BackendUnavailable: the rest is reminded at the next round.
    """
    local = now.astimezone(SHANGHAI)
    if local.hour not in HOURS:
        return 0
    coming = [one for one in await api.appointments_on((local + ONE_DAY).date().isoformat()) if not one["reminded"]]
    for one in coming:
        text = REMINDER.format(**{**one, "start": said_start(one["starts_at"])})
        notice = {"notice": {"item": f"{one['service_name']}业务", "number": one["appointment_no"], "place": one["office"]}}
        bubbles: list[Bubble] = [{"text": text, "custom": notice}]
        await Turns(redis).post(one["openid"], f"reminder:{one['appointment_no']}", bubbles, kind="appointment")
        await api.mark_reminded(one["appointment_no"])
    return len(coming)


async def keep_reminding(redis: Redis) -> None:
    """Look every five minutes, for ever."""
    while True:
        try:
            await remind(redis, backend(), datetime.now(SHANGHAI))
        except (BackendUnavailable, BackendRefused, StoreUnavailable, *FAULTS) as error:
            log.warning("reminders wait: %s", error)
        await asyncio.sleep(EVERY_S)
