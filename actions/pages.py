"""H5 pages as the chat shows them: a link inside the words, which every channel renders and which costs no message of its own (docs/contracts.md)."""

from __future__ import annotations

from store.context import current
from weijing.links import page_link
from weijing.settings import load_settings


def page_anchor(page: str, words: str, *, personal: bool = False) -> str:
    """`words` as a link to a page; empty when phones cannot reach us (PUBLIC_URL is empty).

    Args:
        personal: the page asks WeChat who opens it, so nobody else gets it.
    """
    url = page_link(load_settings(), page) if current().channel == "wechat" or not personal else ""
    return f'<a href="{url}">{words}</a>' if url else ""
