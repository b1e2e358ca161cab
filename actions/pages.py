"""H5 pages as the chat shows them: a card that every channel renders in its own way, nothing where phones cannot reach us."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from store.context import current
from weijing.links import page_link
from weijing.settings import load_settings


def page_card(page: str, title: str, description: str = "") -> dict[str, dict[str, str]] | None:
    """The bubble `custom` of a page, None when phones cannot reach us (PUBLIC_URL is empty)."""
    url = page_link(load_settings(), page)
    return {"news": {"title": title, "description": description, "url": url}} if url else None


def offer_page(dispatcher: CollectingDispatcher, page: str, response: str, instead: str, *, title: str) -> bool:
    """Say `response` and show a page that needs to know the user; say `instead` and return False when there is none, or the user is not one of WeChat's."""
    card = page_card(page, title) if current().channel == "wechat" else None
    dispatcher.utter_message(response=response if card else instead)
    if card:
        dispatcher.utter_message(json_message=card)
    return card is not None
