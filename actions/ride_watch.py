"""Rides that are overdue; the courier's process looks every minute.

First the passenger is reminded, `REMIND_MIN` after the time they named; if nothing comes for another `TELL_MIN`, the contact who agreed is told what the
passenger shares with them, and advised to call. Both spans are this project's own choice, no rule sets them. It ends there: nobody is ever sent out by a
clock. Each is told once for each ride and time; who puts the time off begins anew.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Any

from actions.client import Backend, Json, backend
from actions.phrases import Button
from actions.ride_words import said_moment
from store.message import Bubble
from store.redis import FAULTS, Redis
from store.turns import Turns
from weijing.errors import BackendRefused, BackendUnavailable, StoreUnavailable
from weijing.workdays import SHANGHAI

log = logging.getLogger(__name__)

EVERY_S = 60.0
REMIND_MIN = 10
TELL_MIN = 20
REMINDED, CONTACT_TOLD = "reminded", "contact_told"

REMINDER = (
    "您登记的乘车（{number}）预计 {expected} 到，您到了吗？\n到了请点“平安到达”，还在路上点“晚点到”。{next}\n"
    "没有人看着您的行程：有危险请打 110，不方便说话发短信 12110，写清位置。"
)
THEN_CONTACT = f"{TELL_MIN} 分钟后还没有您的消息，会告诉您的联系人。"
THEN_NOBODY = "没有联系人，之后不会再提醒。"
ALARM = (
    "{name}乘车前请您当联系人：预计 {expected} 到，现在还没有报平安，提醒后也没有回音。\n车牌：{plate}\n上车：{start}\n前往：{goal}\n"
    "请先给{name}打电话；联系不上又担心，请打 110，把上面的内容告诉警察。\n"
    "也可能只是忘了报平安。这是系统自动发的，没有派人去看；一有{name}的消息就告诉您。不想当了，回复“我不当联系人了”。"
)
CLEAR = "刚才的提醒请放心：{name}那边刚刚有了消息。"
UNKNOWN = "没有填"
BUTTONS: list[Button] = [{"title": "平安到达", "payload": "平安到达"}, {"title": "晚点到", "payload": "晚点到"}]


async def watch(redis: Redis, api: Backend, now: datetime) -> int:
    """Tell everybody whose turn it is; returns how many were.

    Raises:
        BackendUnavailable, StoreUnavailable: the rest is told at the next round.
    """
    told = 0
    for ride in await api.overdue_rides(REMIND_MIN):
        stage = _due(ride, now)
        if stage:
            await _tell(Turns(redis), api, ride, stage)
            told += 1
    return told


def _due(ride: Json, now: datetime) -> str:
    """The stage that has come, empty for none."""
    if ride["stage"] == "none":
        return REMINDED
    waited = ride["stage"] == REMINDED and now - datetime.fromisoformat(ride["staged_at"]) >= timedelta(minutes=TELL_MIN)
    return CONTACT_TOLD if waited and ride["contact"] else ""


async def _tell(turns: Turns, api: Backend, ride: Json, stage: str) -> None:
    """Post, then note it: killed between the two, the next round repeats the post, which does nothing."""
    key, contact = f"ride:{ride['number']}:{stage}:{ride['expected_at']}", ride["contact"]
    openid, bubble = (ride["openid"], _reminder(ride)) if stage == REMINDED else (contact["openid"], _alarm(ride))
    await turns.post(openid, key, [bubble], kind="progress")
    try:
        stage_now = (await api.mark_ride(ride["number"], stage, ride["expected_at"]))["stage"]
    except BackendRefused as error:
        if error.status != 404:
            raise
        stage_now = "none"  # deleted by the passenger in this very moment
    if stage == CONTACT_TOLD and stage_now != CONTACT_TOLD:  # checked in between the list and the note: the backend knows of nobody to calm
        await turns.post(openid, f"{key}:clear", [{"text": CLEAR.format(name=_name(contact))}], kind="progress")


def _reminder(ride: Json) -> Bubble:
    text = REMINDER.format(number=ride["number"], expected=said_moment(ride["expected_at"]), next=THEN_CONTACT if ride["contact"] else THEN_NOBODY)
    return {"text": text, "buttons": BUTTONS, "custom": {"notice": {"item": "搭乘车备案", "number": ride["number"], "status": "请报平安"}}}


def _alarm(ride: Json) -> Bubble:
    """What the passenger agreed to share; a lock screen shows none of it."""
    contact = ride["contact"]
    words = {"plate": contact["plate"] or UNKNOWN, "start": _place(contact["from"]), "goal": _place(contact["to"])}
    text = ALARM.format(name=_name(contact), expected=said_moment(ride["expected_at"]), **words)
    return {"text": text, "custom": {"notice": {"item": "乘车联系人提醒", "number": ride["number"], "status": "未报平安"}}}


def _name(contact: Json) -> str:
    return str(contact["name"] or "乘车人")


def _place(place: dict[str, Any] | None) -> str:
    return str(place["text"]) if place else UNKNOWN


async def keep_watching(redis: Redis) -> None:
    """Look every minute, for ever."""
    while True:
        try:
            await watch(redis, backend(), datetime.now(SHANGHAI))
        except (BackendUnavailable, BackendRefused, StoreUnavailable, *FAULTS) as error:
            log.warning("overdue rides wait: %s", error)
        await asyncio.sleep(EVERY_S)
