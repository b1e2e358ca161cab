"""WeChat's text: plain words in which `<a href>` and bare addresses can be tapped, and everything else is shown as it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qs, urlsplit

_LINK = re.compile(r"<a\s[^>]*?href\s*=\s*[\"']([^\"']*)[\"'][^>]*>(.*?)</a>|(https?://[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Segment:
    """A stretch of text.

    Args:
        text: what is shown.
        url: a web address or telephone that the phone opens, or empty.
        send: words that a tap sends back (`weixin://bizmsgmenu`), or empty.
        menu_id: their msgmenuid.
    """

    text: str
    url: str = ""
    send: str = ""
    menu_id: str = ""


def segments(text: str) -> list[Segment]:
    """Cut a text at its links; what is no link that WeChat knows stays text, tags and all."""
    found: list[Segment] = []
    end = 0
    for match in _LINK.finditer(text):
        if match.start() > end:
            found.append(Segment(text[end : match.start()]))
        found.append(_link(match))
        end = match.end()
    if end < len(text):
        found.append(Segment(text[end:]))
    return found


def _link(match: re.Match[str]) -> Segment:
    if match[3]:
        return Segment(match[3], url=match[3])
    href, title = unescape(match[1]).strip(), unescape(match[2])
    try:
        parts = urlsplit(href)
    except ValueError:
        return Segment(match[0])
    if parts.scheme == "weixin" and parts.netloc.startswith("bizmsgmenu"):
        query = parse_qs(parts.query)
        send = query.get("msgmenucontent", [title])[0]
        return Segment(title, send=send, menu_id=query.get("msgmenuid", ["0"])[0])
    if parts.scheme in {"http", "https", "tel"}:
        return Segment(title, url=href)
    return Segment(match[0])
