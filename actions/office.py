"""Offices: the nearest three to a location that was sent."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import Json, backend
from actions.guide import find_item, show
from actions.said import Said

NEAREST = 3
MAP = "https://apis.map.qq.com/uri/v1/geocoder?coord={lat},{lng}&referer=weijing"
"""Opens a point in Tencent's map (地图调起 URI API); it takes GCJ-02, which is what WeChat's locations and the offices are in."""
OFFICE = "{number}. {name}，约 {distance}\n地址：{address}\n电话：{phone}\n可办：{services}\n{today}\n地图：{map}"


class ActionFindOffice(BaseAction):
    """Answer a location with the nearest offices, words with how to send one."""

    degraded: ClassVar[str] = "utter_office_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """The location is used for this answer and not kept in a slot."""
        said = Said.latest(tracker)
        lat, lng = said.entity("lat"), said.entity("lng")
        if not (said.sent == "位置" and lat and lng):
            return await self._asked(dispatcher, said)
        offices = await backend().offices(lat, lng, NEAREST)
        shown = [_shown(office, number) for number, office in enumerate(offices, start=1)]
        dispatcher.utter_message(response="utter_office_nearest" if shown else "utter_office_none", offices="\n\n".join(shown))
        return []

    async def _asked(self, dispatcher: CollectingDispatcher, said: Said) -> list[Event]:
        """Where a known service item is done, and how to find the nearest place."""
        item_id = said.entity("service_item")
        item = await find_item(item_id) if item_id else None
        events = show(dispatcher, item, "where") if item is not None and item["active"] else []
        dispatcher.utter_message(response="utter_office_ask_location")
        return events


def _shown(office: Json, number: int) -> str:
    link = MAP.format(lat=office["lat"], lng=office["lng"])
    texts = {name: office[name] for name in ("name", "address", "phone", "today")}
    return OFFICE.format(number=number, distance=distance(office["metres"]), services="、".join(office["services"]), map=link, **texts)


def distance(metres: int) -> str:
    """A distance as people say it: no more exact than a straight line deserves."""
    if metres < 1000:
        return f"{max(round(metres, -1), 10)} 米"
    return f"{metres / 1000:.1f} 公里" if metres < 10_000 else f"{round(metres / 1000)} 公里"
