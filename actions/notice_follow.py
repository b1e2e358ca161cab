"""「以后有反诈预警告诉我」: subscribing to notices by kind and district in one message, what one is subscribed to, and stopping."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import Json, backend
from actions.notice_words import NoticeQuestion, kind_names, read_question
from actions.phrases import LONGEST, Button
from actions.said import Said
from weijing.notice_text import KINDS, said_areas

NARROWED = frozenset({"traffic"})
"""Kinds that one rather wants of a district or two."""
OFFERED = 6
"""Districts that the confirmation offers to narrow to."""


class ActionSubscribeNotice(BaseAction):
    """Subscribe, stop, or say what this user is subscribed to."""

    degraded: ClassVar[str] = "utter_notice_follow_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The kind is the one thing that is asked for; the buttons carry what was said already, so nothing needs to be kept."""
        openid, areas = tracker.sender_id, await backend().notice_areas()
        question = read_question(Said.latest(tracker).text, areas)
        if question.mine:
            say_subscriptions(dispatcher, await backend().notice_subscriptions(openid))
        elif question.stop:
            await stop(dispatcher, openid, question.kinds)
        elif question.unknown:
            dispatcher.utter_message(response="utter_notice_area_unknown", area=question.unknown, areas="、".join(areas), buttons=_kind_buttons(()))
        elif not question.kinds:
            dispatcher.utter_message(response="utter_notice_ask_kind", buttons=_kind_buttons(question.areas))
        else:
            await backend().subscribe_notices(openid, question.kinds, question.areas)
            narrow = [_narrower(area) for area in areas[:OFFERED]] if set(question.kinds) <= NARROWED and not question.areas else []
            dispatcher.utter_message(response="utter_notice_subscribed", what=_what(question), buttons=[*narrow, _stopper(question.kinds)])
        return []


async def stop(dispatcher: CollectingDispatcher, openid: str, kinds: Sequence[str]) -> None:
    """Stop the kinds that were named, or all."""
    named = kinds if len(kinds) < len(KINDS) else ()
    ended = [kind for one in named or ("",) for kind in await backend().unsubscribe_notices(openid, one)]
    left = await backend().notice_subscriptions(openid) if named else []
    if not ended:
        dispatcher.utter_message(response="utter_notice_not_subscribed", buttons=_kind_buttons(()))
    elif left:
        dispatcher.utter_message(response="utter_notice_stopped", what=kind_names(ended), left=_listed(left))
    else:
        dispatcher.utter_message(response="utter_notice_stopped_all", what=kind_names(ended))


def say_subscriptions(dispatcher: CollectingDispatcher, subscriptions: Sequence[Json]) -> None:
    """What comes, each with a button to stop it."""
    if not subscriptions:
        dispatcher.utter_message(response="utter_notice_not_subscribed", buttons=_kind_buttons(()))
        return
    dispatcher.utter_message(response="utter_notice_mine", what=_listed(subscriptions), buttons=[_stopper([one["kind"]]) for one in subscriptions])


def _what(question: NoticeQuestion) -> str:
    return kind_names(question.kinds) + said_areas(question.areas)


def _listed(subscriptions: Sequence[Json]) -> str:
    return "、".join(KINDS[one["kind"]] + said_areas(one["areas"]) for one in subscriptions)


def _kind_buttons(areas: Sequence[str]) -> list[Button]:
    area = next(iter(areas), "")
    named = [{"title": name, "payload": f"订阅{area}{name}"[:LONGEST]} for kind, name in KINDS.items() if kind != "other"]
    return [*named, {"title": "全部", "payload": f"订阅{area}全部通知"[:LONGEST]}]


def _narrower(area: str) -> Button:
    return {"title": f"只要{area}的", "payload": f"订阅{area}交通管制"[:LONGEST]}


def _stopper(kinds: Sequence[str]) -> Button:
    name = KINDS[kinds[0]] if len(kinds) == 1 else "全部通知"
    return {"title": f"不要{name}了" if len(kinds) == 1 else "都不要了", "payload": f"退订{name}"}
