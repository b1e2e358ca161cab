"""Binding an identity: the H5 page sends the details as one message, the chat gives the way to the page and unbinds."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event
from actions.client import backend
from actions.pages import page_anchor
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused

DETAILS = ("name", "id_number", "phone")
_UNBIND = re.compile(r"解除|解绑|取消|注销|不想?绑")


class ActionBindIdentity(BaseAction):
    """Bind what the page sent, unbind, or show the way to the page."""

    degraded: ClassVar[str] = "utter_identity_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Only a page's message carries a name of its own, so only a page binds."""
        said = Said.latest(tracker)
        details = {field: said.entity(field) or "" for field in DETAILS}
        if said.form and all(details.values()):
            bound = await self._bind(dispatcher, {"openid": tracker.sender_id, **details})
            if bound and tracker.active_loop.get("name") == "progress_form":  # the question for a number is answered: it is not needed any more
                return [ActiveLoop(None), SlotSet("requested_slot", None)]
        elif said.entity("deed") == "unbind" or _UNBIND.search(said.text):
            await backend().unbind_identity(tracker.sender_id)
            dispatcher.utter_message(response="utter_identity_unbound")
        else:
            link = page_anchor("identity", "绑定身份", personal=True)
            dispatcher.utter_message(response="utter_identity_link" if link else "utter_identity_later", link=link)
        return []

    async def _bind(self, dispatcher: CollectingDispatcher, details: dict[str, str]) -> bool:
        try:
            bound = await backend().bind_identity(details, current().idempotency_key(self.name()))
        except BackendRefused as error:
            locked = error.problem == "too_many_attempts"
            dispatcher.utter_message(response="utter_identity_locked" if locked else "utter_identity_mismatch")
            return False
        dispatcher.utter_message(response="utter_identity_bound", name=bound["name"])
        return True
