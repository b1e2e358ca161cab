"""Addresses of the H5 pages, and the signature of those that only one user may open. Whoever sends a link makes it here; the pages check it here."""

from __future__ import annotations

import base64
import hmac
import re
from urllib.parse import urlencode

from weijing.settings import Settings

PREFIX = "/h5"
SENT_PICTURES = "/pictures"
PAYMENT_DEMO = "pay.example.com"
"""Host of the demo's fees; the name is reserved and leads nowhere (RFC 2606)."""
_PAYMENT = re.compile(r"https://(?P<host>[a-z0-9.-]+)(?:/[A-Za-z0-9._~/?&=%+-]*)?")


def page_link(settings: Settings, page: str) -> str:
    """The address of a page, e.g. `items/id_card_first`; empty when phones cannot reach us (PUBLIC_URL is not set)."""
    return f"{settings.public_base}{PREFIX}/{page}" if settings.public_base else ""


def rating_link(settings: Settings, matter: str, openid: str) -> str:
    """The address at which this user may rate this matter (an application or report number); nobody else's session opens it."""
    query = urlencode({"m": matter, "s": rating_signature(settings, matter, openid)})
    return page_link(settings, f"rate?{query}") if settings.public_base else ""


def payment_link(settings: Settings, link: str) -> str:
    """The page on which a fee is paid, as the bureau's system sent it; empty unless it is plain `https` on a host that the operator has allowed."""
    allowed = {host.strip().lower() for host in settings.payment_hosts.split(",")} | ({PAYMENT_DEMO} if settings.demo else set())
    found = _PAYMENT.fullmatch(link)
    return link if found and found["host"] in allowed else ""


def rating_signature(settings: Settings, matter: str, openid: str) -> str:
    """What makes a rating link this user's; compare with `hmac.compare_digest`."""
    return sign(settings.derived_key("h5-link"), "rate", matter, openid)


def picture_link(settings: Settings, id_: str) -> str:
    """The address of a picture that staff sent to one citizen, by its id among the evidence: whoever has the address opens it, nobody can guess one.
    Empty when phones cannot reach us."""
    signature = picture_signature(settings, id_)
    return f"{settings.public_base}{SENT_PICTURES}/{id_}.{signature}" if settings.public_base else ""


def picture_signature(settings: Settings, id_: str) -> str:
    """What makes an address of a picture; compare with `hmac.compare_digest`."""
    return sign(settings.derived_key("h5-link"), "picture", id_)


def sign(key: bytes, *parts: str) -> str:
    """128 bits over the parts, which cannot run into each other, in 22 characters that a URL takes."""
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return base64.urlsafe_b64encode(hmac.digest(key, text.encode(), "sha256")[:16]).decode().rstrip("=")
