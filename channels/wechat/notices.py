"""Subscription notices (订阅通知): the gist of a message that cannot go otherwise. The whole message stays kept for the user's next one.

The platform's page 发送订阅通知 (message/subscribe/bizsend) names the parameters; `notices.yml` says what each kind tells.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from channels.wechat.api import PlatformApi
from channels.wechat.errcodes import treatment
from store.consents import accepts, note_consents
from store.message import Bubble, Message
from store.redis import Redis
from weijing.errors import PlatformError, SettingsError
from weijing.privacy import mask_for_log

log = logging.getLogger(__name__)

FILE = Path(__file__).with_name("notices.yml")
_TEMPLATE = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NUMBER = re.compile(r"(?<![A-Za-z0-9])[A-Z]\d{4}-\d{6}(?!\d)")
_CONTROL = re.compile(r"[\s\x00-\x1f\x7f]+")
_LONGEST = {"thing": 20, "character_string": 32, "phrase": 5, "name": 10}
_FITS = {"character_string": re.compile(r"[\x21-\x7e]{1,32}"), "phrase": re.compile(r"[\u4e00-\u9fff]{1,5}")}
_EIGHT_HOURS = 8 * 3600


@dataclass(frozen=True)
class Field:
    """One field of a template: where its value comes from (`source`), and the fixed words."""

    name: str
    source: str
    words: str


class Notices:
    """Sends notices for one account.

    Args:
        templates: kind -> template id (see `read_templates`).
    """

    def __init__(self, redis: Redis, api: PlatformApi, templates: Mapping[str, str]) -> None:
        self._redis = redis
        self._api = api
        self._templates = templates

    async def wanted(self, openid: str, kind: str) -> bool:
        """Whether the kind of message has a template that the user has accepted.

        Raises:
            StoreUnavailable: Redis did not answer.
        """
        return kind in self._templates and await accepts(self._redis, openid, self._templates[kind])

    async def tell(self, openid: str, kind: str, bubbles: Sequence[Bubble]) -> bool:
        """Send the notice of a message; returns whether it went.

        Raises:
            PlatformError: no answer or a quota: try again.
            StoreUnavailable: Redis did not answer.
        """
        template = self._templates[kind]
        try:
            await self._api.notify(openid, {"template_id": template, "data": notice_data(kind, bubbles)})
        except PlatformError as error:
            if treatment(error.errcode) in {"retry", "pause"}:
                raise
            if treatment(error.errcode) == "refused":
                await note_consents(self._redis, Message("", openid, data={template: "reject"}))
            log.warning("no notice of a %s: %s", kind, error.message)
            return False
        return True


def read_templates(text: str) -> dict[str, str]:
    """WECHAT_NOTICE_TEMPLATES, `progress=ID,appointment=ID`, as kind -> template id.

    Raises:
        SettingsError: an unknown kind or no id; the sentence names it.
    """
    found = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        kind, _, template = (side.strip() for side in pair.partition("="))
        if kind not in kinds():
            raise SettingsError(f"WECHAT_NOTICE_TEMPLATES names {kind!r}; channels/wechat/notices.yml knows {', '.join(kinds())}")
        if not _TEMPLATE.fullmatch(template):
            raise SettingsError(f"WECHAT_NOTICE_TEMPLATES has no template id for {kind!r}; copy it from the platform's page 订阅通知")
        found[kind] = template
    return found


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return table


@lru_cache(maxsize=1)
def kinds() -> dict[str, tuple[Field, ...]]:
    """Kind -> its fields, from notices.yml."""
    return {
        kind: tuple(Field(name, str(row.get("from", "")), str(row.get("words", ""))) for name, row in entry["fields"].items())
        for kind, entry in _table().items()
    }  # fmt: skip


def describe(kind: str) -> tuple[str, dict[str, str]]:
    """What the user reads: (the title, key -> name of each field)."""
    entry = _table()[kind]
    return entry["title"], {name: row["name"] for name, row in entry["fields"].items()}


def notice_data(kind: str, bubbles: Sequence[Bubble], now: float | None = None) -> dict[str, dict[str, str]]:
    """The `data` of a notice: each field with a value that the platform takes."""
    values = _values(bubbles, now)
    return {field.name: {"value": fitting(field.name, values.get(field.source, "")) or field.words} for field in kinds()[kind]}


def fitting(name: str, value: str) -> str:
    """The value as a field of that name takes it, cut on code points; empty when it cannot be made to fit."""
    kind = name.rstrip("0123456789")
    value = _CONTROL.sub(" ", value).strip()
    longest = _LONGEST.get(kind)
    if kind in _FITS:
        return value if _FITS[kind].fullmatch(value) else ""
    return value if longest is None or len(value) <= longest else value[: longest - 1] + "…"


def _values(bubbles: Sequence[Bubble], now: float | None) -> dict[str, str]:
    text = "\n".join(str(bubble.get("text") or "") for bubble in bubbles)
    number = _NUMBER.search(text)
    moment = time.gmtime((time.time() if now is None else now) + _EIGHT_HOURS)  # Beijing time, whatever this machine's zone
    given: dict[str, Any] = {}
    for bubble in bubbles:
        given |= (bubble.get("custom") or {}).get("notice") or {}
    return {
        "number": number[0] if number else "",
        "at": f"{moment.tm_year}年{moment.tm_mon}月{moment.tm_mday}日 {moment.tm_hour:02d}:{moment.tm_min:02d}",
        "gist": mask_for_log(re.split(r"[。！？\n]", text, maxsplit=1)[0]),
        **{name: mask_for_log(str(value)) for name, value in given.items()},
    }
