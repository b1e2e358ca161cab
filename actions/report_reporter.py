"""Who reports: anonymous, by name, or by a name that is sealed; nothing here is ever needed to be heard.

公安机关办理行政案件程序规定 arts. 60, 63; 刑事案件程序规定 art. 173.
"""

from __future__ import annotations

from actions import report_words as words
from actions.field import Field, Slots
from actions.person_name import read_name, told_name
from actions.report_secrecy import hiding, names_himself
from actions.said import Said


def _mode(said: Said, slots: Slots) -> str | None:
    return _plain_mode(said) or ("实名保密" if words.SECRET.search(said.text) and not said.asks else None)


def _plain_mode(said: Said) -> str | None:
    if words.ANONYMOUS.search(said.text):
        return "匿名"
    if words.SEALED.search(said.text):
        return "实名保密"
    return "实名" if words.NAMED.search(said.text) else None


def _told_mode(said: Said, slots: Slots) -> str | None:
    """Who is asked for his name may still say that he would rather not."""
    mode = _plain_mode(said)
    withdrawn = mode == "匿名" and slots.get("requested_slot") in {"reporter_name", "reporter_phone"}
    return mode if slots.get("report_mode") is None or withdrawn else None


def _name(said: Said, slots: Slots) -> str | None:
    return read_name(said)


def _told_name(said: Said, slots: Slots) -> str | None:
    return told_name(said)


def _phone(said: Said, slots: Slots) -> str | None:
    return said.identifier("phone")


def _told_phone(said: Said, slots: Slots) -> str | None:
    """A number given together with the name; one inside the story may be somebody else's."""
    return _phone(said, slots) if slots.get("requested_slot") in {"report_mode", "reporter_name"} else None


def _named(slots: Slots) -> bool:
    return slots.get("report_mode") in {"实名", "实名保密"}


REPORTER_FIELDS = (
    Field("report_mode", "方式|匿名|实名", _mode, _told_mode, adds=True),
    Field("report_hiding", "姓名电话", hiding, needed=names_himself),
    Field("reporter_name", "姓名|名字", _name, _told_name, needed=_named),
    Field("reporter_phone", "电话|手机号?|联系方式", _phone, _told_phone, needed=_named),
)
