"""The fields of a filing for the form: its kind, what its definition or the bureau asks, and the yes at the end.

The form's values: each answer by its field's id, and beside them `filing_kind`, `filing_offered`, `filing_asks`, `filing_confirmed`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker

from actions.field import Field, Reader, Slots
from actions.filing_answers import read_answer, skips, volunteered_answer
from actions.progress_matters import own_matters
from actions.report_files import MOST
from actions.said import Said
from weijing.filing import Filing, FilingField, load_filings

KIND, OFFERED, ANSWERS, ASKED, ASKS, CONFIRMED = "filing_kind", "filing_offered", "filing_answers", "filing_asked", "filing_asks", "filing_confirmed"
LAST = "filing_last"
"""Slot: the number filed last, which 「撤销备案」 means."""
UNCLEAR = "filing_unclear"
"""What is asked instead of the field's own question, when only a part of an answer could be taken."""
SUPPLEMENT = "supplement"
"""The kind of what the bureau asks for afterwards (补正): its fields are `filing_asks`."""
_SENT = {"pictures": frozenset({"图片", "视频"}), "address": frozenset({"位置"}), "place": frozenset({"位置"})}
"""What may be sent instead of words, by type."""


def filings_of(intent: str) -> list[Filing]:
    """The filings that an intent begins."""
    return [filing for filing in load_filings().values() if filing.intent == intent]


def meant_in(text: str, filings: list[Filing]) -> list[Filing]:
    """Those that a text means by name or words; the usual one if it means none, and not the usual one if it means another as well."""
    exact = [filing for filing in filings if text.strip() in {filing.name, *filing.examples}]
    named = exact or [filing for filing in filings if re.search(filing.words, text)]
    usual = [filing for filing in filings if filing.usual]
    return [filing for filing in named if not filing.usual] or named or usual or filings


def filing_of(slots: Slots) -> Filing | None:
    """The definition that is being filled, None for a supplement or while none is chosen."""
    return load_filings().get(str(slots.get(KIND)))


def entries(slots: Slots) -> list[FilingField]:
    """What is asked for, given the answers so far; their places are the numbers in the summary."""
    if slots.get(KIND) == SUPPLEMENT:
        return [_entry(ask) for ask in slots[ASKS]["asks"]]
    filing = filing_of(slots)
    return filing.asked(dict(slots)) if filing else []


def form_fields(slots: Slots) -> tuple[Field, ...]:
    """The same for the form, with the yes behind it; none if there is nothing to file."""
    if slots.get(KIND):
        filing = filing_of(slots)
        return (*(_field(one, not filing.must(one, dict(slots)) if filing else True) for one in entries(slots)), _CONFIRMED)
    return (_KIND,) if slots.get(OFFERED) else ()


def given(slots: Slots) -> dict[str, Any]:
    """The answers that stand: not those that were skipped, nor those that the others no longer call for."""
    return {one.id: slots[one.id] for one in entries(slots) if slots.get(one.id) not in (None, "", [])}


async def filing_meant(text: str, tracker: Tracker) -> str | None:
    """The number of the filing that a text names without one: this user's newest of that kind, else the one filed last here."""
    names = {filing.name for filing in load_filings().values() if filing.name in text or (filing.words and re.search(filing.words, text))}
    matters = (await own_matters(tracker.sender_id) or []) if names else []
    return next((str(one["number"]) for one in matters if one["kind"] == "filing" and one["item_name"] in names), tracker.get_slot(LAST))


def kept_days(body: Mapping[str, Any]) -> int:
    """How long the files of what is filed are kept, as its definition promises; 0 for good."""
    filing = load_filings().get(str(body.get("kind")))
    return (filing.keep_days or 0) if filing else 0


def _entry(ask: Mapping[str, Any]) -> FilingField:
    """Each may be skipped: what is not at hand stays open."""
    pictures, text = ask["type"] == "pictures", ask["text"]
    invalid = "请把照片直接发来，或说“没有”。" if pictures else "这个我没看懂，请再说一次，或说“没有”。"
    question = f"请补：{text}。" + ("拍照直接发来。" if pictures else "")
    return FilingField(ask["id"], ask["type"], text, question, invalid, optional=True, most=MOST if pictures else 0 if ask["type"] != "date" else 36500)


def _field(one: FilingField, optional: bool) -> Field:
    pictures = one.type == "pictures"
    skipped: Any = ([] if one.type in {"pictures", "people"} else "") if optional else None
    words = "|".join(filter(None, (re.escape(one.label), one.words)))
    read, told = (_pictures(one), _pictures(one)) if pictures else (_reader(one, skipped), _volunteer(one))
    return Field(one.id, words, read, told, skipped, one.story, adds=pictures, sent=_SENT.get(one.type, frozenset()))


def _reader(one: FilingField, skipped: Any) -> Reader:
    def read(said: Said, slots: Slots) -> Any:
        if said.event:
            return None
        return skipped if skipped is not None and skips(said) else read_answer(one, said, slots)

    return read


def _volunteer(one: FilingField) -> Reader:
    return lambda said, slots: None if said.event else volunteered_answer(one, said, slots)


def _pictures(one: FilingField) -> Reader:
    return lambda said, slots: [*(slots.get(one.id) or []), *said.evidence][: one.most or MOST] if said.evidence else None


def _chosen(said: Said, slots: Slots) -> str | None:
    meant = meant_in(said.text, [load_filings()[one] for one in slots[OFFERED]["ids"]])
    return meant[0].id if len(meant) == 1 else None


def _yes(said: Said, slots: Slots) -> bool | None:
    return True if said.agrees or said.text.startswith("确认") else None


_KIND = Field(KIND, "种类|类型", _chosen)
_CONFIRMED = Field(CONFIRMED, "确认", _yes)
