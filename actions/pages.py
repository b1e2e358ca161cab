"""H5 pages as the chat shows them: a link inside the words, which every channel renders and which costs no message of its own (docs/contracts.md)."""

from __future__ import annotations

from store.context import current
from store.keys import channel_of
from weijing.links import page_link, rating_link
from weijing.settings import load_settings

RATED = ("A", "B", "J", "K", "X", "Y")
"""First letters of the numbers that can be rated (`POST /v1/ratings`)."""


def page_anchor(page: str, words: str, *, personal: bool = False) -> str:
    """`words` as a link to a page; empty when phones cannot reach us (PUBLIC_URL is empty).

    Args:
        personal: the page asks WeChat who opens it, so nobody else gets it.
    """
    url = page_link(load_settings(), page) if current().channel == "wechat" or not personal else ""
    return f'<a href="{url}">{words}</a>' if url else ""


def rating_anchor(matter: str, words: str) -> str:
    """`words` as a link by which the user of this turn may rate a matter; empty where there is no page, or none for such a matter."""
    url = rating_address(matter, current().openid) if current().channel == "wechat" else ""
    return f'<a href="{url}">{words}</a>' if url else ""


def rating_address(matter: str, openid: str) -> str:
    """Where this user rates a matter; empty for what cannot be rated and where phones cannot reach us."""
    return rating_link(load_settings(), matter, openid) if matter[:1] in RATED and channel_of(openid) == "wechat" else ""
