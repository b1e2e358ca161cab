"""Offices: the nearest three to a location that was sent, those that words name, their hours and services, and the phone book."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import Json, backend
from actions.guide import show
from actions.guide_case import find_item
from actions.office_days import day_text, hours_text
from actions.office_phones import lines_asked_for, shown
from actions.office_words import OfficeQuestion, read_question
from actions.said import Said
from weijing.workdays import SHANGHAI

NEAREST = 3
ALL = 20
MAP = "https://apis.map.qq.com/uri/v1/geocoder?coord={lat},{lng}&referer=weijing"
"""Opens a point in Tencent's map (地图调起 URI API); it takes GCJ-02, which is what WeChat's locations and the offices are in."""
OFFICE = "{number}. {name}{far}\n地址：{address}\n电话：{phone}\n可办：{services}\n{opening}\n地图：{map}"


class ActionFindOffice(BaseAction):
    """Answer a location with the nearest offices, words with the number, the office, the hours or the services that they ask for."""

    degraded: ClassVar[str] = "utter_office_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The location is used for this answer and not kept in a slot."""
        said = Said.latest(tracker)
        lat, lng = said.entity("lat"), said.entity("lng")
        if not (said.sent == "位置" and lat and lng):
            return await self._asked(dispatcher, said)
        offices = await backend().offices(lat, lng, NEAREST)
        dispatcher.utter_message(response="utter_office_nearest" if offices else "utter_office_none", offices=_listed(offices))
        return []

    async def _asked(self, dispatcher: CollectingDispatcher, said: Said) -> list[Event]:
        """The narrowest answer that the words allow; else where a known service item is done, and how to find the nearest place."""
        question, lines = read_question(said.text), lines_asked_for(said.text)
        if question.areas:
            await self._named(dispatcher, question)
        elif lines:
            dispatcher.utter_message(response="utter_office_phones", lines=shown(lines))
        elif question.hours:
            dispatcher.utter_message(response="utter_office_hours", days=day_text(said.text, datetime.now(SHANGHAI).date()), hours=hours_text())
        elif question.services and question.kind:
            await self._services(dispatcher, question.kind)
        else:
            return await self._where(dispatcher, said.entity("service_item"))
        return []

    async def _named(self, dispatcher: CollectingDispatcher, question: OfficeQuestion) -> None:
        offices = await backend().offices_named(question.words, NEAREST)
        dispatcher.utter_message(response="utter_office_found" if offices else "utter_office_unknown", offices=_listed(offices), words=question.words)

    async def _services(self, dispatcher: CollectingDispatcher, kind: str) -> None:
        offices = await backend().offices_named(kind, ALL)
        services = "、".join(dict.fromkeys(service for office in offices for service in office["services"]))
        dispatcher.utter_message(response="utter_office_services" if services else "utter_office_ask_location", kind=kind, services=services)

    async def _where(self, dispatcher: CollectingDispatcher, item_id: str | None) -> list[Event]:
        item = await find_item(item_id) if item_id else None
        events = show(dispatcher, item, "where") if item is not None and item["active"] else []
        dispatcher.utter_message(response="utter_office_ask_location")
        return events


def _listed(offices: list[Json]) -> str:
    return "\n\n".join(_shown(office, number) for number, office in enumerate(offices, start=1))


def _shown(office: Json, number: int) -> str:
    """A block: near a place with the distance and today's hours, else with the hours of every day."""
    near = office["metres"] is not None
    texts = {name: office[name] for name in ("name", "address", "phone")} | {"services": "、".join(office["services"])}
    far = f"，约 {distance(office['metres'])}" if near else ""
    opening = office["today"] if near or office["hours"] in office["today"] else f"{office['hours']}；{office['today']}"
    return OFFICE.format(number=number, far=far, opening=opening, map=MAP.format(lat=office["lat"], lng=office["lng"]), **texts)


def distance(metres: int) -> str:
    """A distance as people say it: no more exact than a straight line deserves."""
    if metres < 1000:
        return f"{max(round(metres, -1), 10)} 米"
    return f"{metres / 1000:.1f} 公里" if metres < 10_000 else f"{round(metres / 1000)} 公里"
