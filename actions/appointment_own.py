"""The contact of who is bound: an appointment is made with it after a yes, without typing; for somebody else name and phone are asked for."""

from __future__ import annotations

import logging
import re

from actions.client import backend
from actions.said import Said
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

OWN = "appointment_own"
"""Slot: name and phone of the bound identity, masked by the backend, which alone knows them."""
_KIN = (
    "爸|妈|父|母|老公|老婆|丈夫|妻子|爱人|对象|孩子|儿子|女儿|小孩|宝宝|娃|爷爷|奶奶|外公|外婆|姥|公公|婆婆|岳|哥|姐|弟|妹|朋友|同事|室友|亲戚|老人|家人|别人|他|她"
)
_OTHERS = re.compile(f"(?:给|帮|替|为|陪)(?:我的?|我们家的?|咱)?(?:{_KIN})|不是我(?!的预约)|换(?:个|一个)?人|(?:{_KIN})(?:去|来)办")


async def own_contact(openid: str, said: Said) -> dict[str, str] | None:
    """Whom the user is bound to, unless somebody else is to come, or nobody knows now: then name and phone are asked for."""
    if for_somebody_else(said):
        return None
    try:
        found = await backend().identity(openid)
    except (BackendUnavailable, BackendRefused) as error:
        log.warning("an appointment begins without the bound identity: %s", error)
        return None
    return {"name": found["name"], "phone": found["phone"]} if found["bound"] and found.get("phone") else None


def for_somebody_else(said: Said) -> bool:
    """Whether the words say that another person comes."""
    return bool(_OTHERS.search(said.text))
