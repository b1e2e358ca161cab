"""For whom and where a question about a service item holds: what was told before in this item, what this message tells, what is still to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from actions.base import Event
from actions.client import Json, backend
from actions.said import Said
from weijing.errors import BackendRefused
from weijing.places import Place, find_asked_place, find_place
from weijing.service_item_card import bases_by_law
from weijing.service_item_case import answer, chosen_after, for_case, leads_to, open_situation, told, words_of
from weijing.settings import load_settings

ASK_THERE = {"exit_entry": "12367"}
"""Category -> the line that knows other places' practice; else 12345."""


@dataclass(frozen=True)
class Case:
    """One question about one item.

    Args:
        origin: the item that was named.
        item: the one that answers: `origin`, or where a choice leads.
        chosen: names of the choices that are known.
        place: where it is to be done, if the user said so.
        others: the items to which choices of `origin` lead.
    """

    origin: Json
    item: Json
    chosen: tuple[str, ...] = ()
    place: Place | None = None
    others: Mapping[str, Json] | None = None

    @property
    def here(self) -> Place | None:
        """The place whose rule is answered: the user's, else the bureau's."""
        return self.place or find_place(load_settings().bureau_region)

    @property
    def record(self) -> dict[str, Any]:
        """The item as it is in this case."""
        return for_case(self.item, self.chosen, self.here)

    def question(self, aspect: str) -> Mapping[str, Any] | None:
        """What must be known for an exact answer to the aspect."""
        found = open_situation(self.item, aspect, self.chosen, self.others or {})
        return found if self.item is not self.origin else open_situation(self.origin, aspect, self.chosen, self.others or {})

    def about(self, aspect: str) -> list[str]:
        """Lines that say for whom and where the answer holds."""
        mine = [name for name in self.chosen if any(name == choice["name"] for choice in self._choices())]
        lines = [f"您的情况：{'、'.join(mine)}"] if mine else []
        return [*lines, *self._whose_rule(aspect)]

    def address(self) -> str:
        """The item's page for this case, below `/h5/`."""
        mine = [("choice", name) for name in self.chosen if any(name == one["name"] for part in self.item.get("situations") or () for one in part["choices"])]
        query = urlencode([*mine, *([("place", self.place.name)] if self.place else [])])
        return f"items/{self.item['id']}" + (f"?{query}" if query else "")

    def events(self, aspect: str) -> list[Event]:
        """What is remembered with the item."""
        words = [word for item in (self.origin, *(self.others or {}).values()) for word in words_of(item)]
        place = self.place.name if self.place else None
        kept = {"guide_choices": list(self.chosen), "guide_answered": aspect, "guide_place": place, "guide_words": words}
        return [SlotSet(name, value) for name, value in kept.items()]

    def _choices(self) -> list[Mapping[str, Any]]:
        items = [self.origin, self.item] if self.item is not self.origin else [self.origin]
        return [choice for item in items for part in item.get("situations") or () for choice in part["choices"]]

    def _whose_rule(self, aspect: str) -> list[str]:
        """One line where a region's rule is answered, or where another place than ours was asked for and none is known."""
        here = self.here
        if here and answer(self.item, aspect, self.chosen, {}, here) != answer(self.item, aspect, self.chosen, {}):
            regions = [one for one in self.item["regions"] if here.holds(one["place"])]
            names, bases = "、".join(one["place"] for one in regions), bases_by_law([basis for one in regions for basis in one["legal_basis"]])
            return [f"以下是{names}的规定（{bases}），其他地方可能不同。"]
        ours = find_place(load_settings().bureau_region)
        if self.place is None or (ours and self.place.near(ours)):
            return []
        line = ASK_THERE.get(self.item["category"], "12345")
        return [f"以下是全国的规定；{self.place.name}可能有自己的做法，我这里没有核实，请打{self.place.name}的{line}问清楚。"]


async def read_case(tracker: Tracker, said: Said, origin: Json, *, kept: bool) -> Case:
    """The case after a message.

    Args:
        kept: the item is the one last answered, so that what was told about it still holds.
    """
    before = tuple(tracker.get_slot("guide_choices") or ()) if kept else ()
    others = {one["item"]: await find_item(one["item"]) for part in origin.get("situations") or () for one in part["choices"] if one["item"]}
    live = {name: item for name, item in others.items() if item is not None and item["active"]}
    chosen = chosen_after(origin, before, told(origin, said.text))
    item = live.get(leads_to(origin, chosen), origin)
    if item is not origin:
        chosen = chosen_after(item, chosen, told(item, said.text))
    place = find_asked_place(said.text) or find_place(tracker.get_slot("guide_place") or "")
    return Case(origin, item, tuple(chosen), place, live)


async def find_item(item_id: str) -> Json | None:
    """The live item, None when the backend does not know it."""
    try:
        return await backend().service_item(item_id)
    except BackendRefused as error:
        if error.status != 404:
            raise
        return None
