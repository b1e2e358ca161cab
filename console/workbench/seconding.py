"""What one trainer may not do alone with the data: new examples of critical intents wait for a second person, however they come."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web

from console import audit
from console.context import console_of
from console.staff import staff_of
from console.workbench import examples as nlu
from console.workbench import labels
from console.workbench.labels import CRITICAL, Label
from weijing.intent_words import intent_word
from weijing.refusals import DeskRefused

APPROVED = "Approved-by:"


async def propose(request: web.Request, rows: Iterable[tuple[str, str]]) -> int:
    """Put examples (as written, intent) before a second person; returns how many. Approved, one takes the place of the same words under another intent."""
    staff, made = staff_of(request), 0
    async with console_of(request).engine.begin() as connection:
        for raw, intent in rows:
            label = await labels.note(connection, Label(nlu.plain(raw), intent, entities=nlu.entities(raw)), None, staff.id, "proposed")
            await audit.append(connection, staff.id, "label.made", str(label), intent=intent)
            made += 1
    return made


def check_alone(intent: str) -> None:
    """See that an intent's examples may be written without a second person.

    Raises:
        DeskRefused: 403, they may not.
    """
    if intent in CRITICAL:
        raise DeskRefused(f"「{intent_word(intent)}」的例句要两个人定", "没有改。请把新的说法「添加」送审，通过后再删旧的。", 403)


def check_undo(request: web.Request, words: str) -> None:
    """See that a person may take back a commit with this message.

    Raises:
        DeskRefused: 403, two people made it.
    """
    if APPROVED in words and not staff_of(request).has("supervisor"):
        raise DeskRefused("这次修改是两个人定的", "没有撤销。请主管来撤销。", 403)
