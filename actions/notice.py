"""Notices and warnings 公告预警: the newest of a kind and district, one in full, how to tell a genuine one, and where to look for what is not here."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import Json, backend
from actions.notice_words import NoticeQuestion, read_question
from actions.phrases import LONGEST, Button
from actions.said import Said
from weijing.errors import BackendRefused
from weijing.notice_text import KINDS, full_text, said_areas, said_day

SHOWN = 4
"""Notices that one reply lists."""
MOST = 50
"""Notices that one can page through."""
PAGE = "notice_page"
"""Slot: kind, area, words and how many were shown of the list that 「更多通知」 goes on with."""
MORE: Button = {"title": "更多通知", "payload": "更多通知"}
ALL: Button = {"title": "看全部通知", "payload": "最近有什么通知"}


class ActionAnswerNotice(BaseAction):
    """Answer what is asked about notices."""

    degraded: ClassVar[str] = "utter_notice_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One notice, the next page, how to check, or a list."""
        text = Said.latest(tracker).text
        question = read_question(text, ())
        if question.check:
            dispatcher.utter_message(response="utter_notice_check")
            return []
        if question.number:
            return await _show(dispatcher, question.number)
        page = tracker.get_slot(PAGE)
        if question.more and page and set(question.kinds) <= {page["kind"]}:
            return await _list(dispatcher, page)
        areas = await backend().notice_areas()
        question = read_question(text, areas)
        if question.unknown:
            dispatcher.utter_message(response="utter_notice_area_unknown", area=question.unknown, areas="、".join(areas), buttons=[ALL])
            return []
        return await _look(dispatcher, question)


async def _look(dispatcher: CollectingDispatcher, question: NoticeQuestion) -> list[Event]:
    """The list; what is mostly made known elsewhere is looked for by its word, and said honestly when no notice has it."""
    kind = question.kinds[0] if len(question.kinds) == 1 else ""
    page = {"kind": kind, "area": next(iter(question.areas), ""), "words": question.word, "shown": 0, "what": question.what}
    if not question.elsewhere:
        return await _list(dispatcher, page)
    if await backend().notices(words=question.word, limit=1):
        return await _list(dispatcher, {**page, "kind": "", "what": f"“{question.word}”通知"})
    dispatcher.utter_message(response=question.elsewhere, buttons=[ALL])
    return []


async def _list(dispatcher: CollectingDispatcher, page: Json) -> list[Event]:
    """The next few of a list, each a button; what one may subscribe to stands below."""
    found = await backend().notices(page["kind"], page["area"], page["words"], MOST)
    few = found[page["shown"] : page["shown"] + SHOWN]
    wish = _wish(page)
    if not few:
        dispatcher.utter_message(response="utter_notice_no_more" if found else "utter_notice_none", what=page["what"], buttons=[wish, ALL])
        return [SlotSet(PAGE, None)]
    page = {**page, "shown": page["shown"] + len(few)}
    left = page["shown"] < len(found)
    buttons = [*map(_button, few), *([MORE] if left else []), wish]
    dispatcher.utter_message(response="utter_notice_list_fraud" if page["kind"] == "fraud" else "utter_notice_list", what=page["what"], buttons=buttons)
    return [SlotSet(PAGE, page if left else None)]


async def _show(dispatcher: CollectingDispatcher, number: str) -> list[Event]:
    """One in full; gone is gone."""
    try:
        notice = await backend().notice(number)
    except BackendRefused as error:
        if error.status != 404:
            raise
        dispatcher.utter_message(response="utter_notice_gone", buttons=[ALL])
        return []
    dispatcher.utter_message(text=full_text(notice), buttons=[_wish({"kind": notice["kind"], "area": ""}), ALL])
    return []


def _wish(page: Json) -> Button:
    """The button that subscribes to what was just listed."""
    name = KINDS[page["kind"]] if page["kind"] else "通知"
    return {"title": f"有新的{name}告诉我", "payload": f"订阅{page['area']}{name}"[:LONGEST]}


def _button(notice: Json) -> Button:
    return {"title": f"{notice['title']}{said_areas(notice['areas'])}（{said_day(notice['published_at'])}）", "payload": f"看通知{notice['id']}"}
