"""What an appointment is made of, and how its parts are read out of plain words.

Readers are pure: what they need of the backend (`nearby` counters, `free` slots, the service of a named item) stands among the slots as hints
(`actions/appointment.py`) and is not kept.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

from actions import report_words as words
from actions.appointment_own import OWN
from actions.appointment_time import Wish, find_wish
from actions.client import Json
from actions.field import Field, Slots
from actions.report_fields import sealed
from actions.said import Said
from weijing.privacy import MASK, mask_name
from weijing.workdays import SHANGHAI

SERVICES = {
    "residence_permit": ("居住证", "居住证|居住登记|暂住"),
    "exit_entry": ("出入境", "出入境|护照|港澳|通行证|签注|签证|台胞|居留"),
    "traffic": ("车驾管", "车驾管|车管|驾驶证|驾照|行驶证|机动车|上牌|验车|年检|年审|摩托|车辆"),
    "id_card": ("身份证", "身份证"),
    "hukou": ("户政", "户政|户口|户籍|落户|上户|分户|迁移|改名"),
}
"""Service -> how it reads, and the words by which people mean it; the first that fits counts."""
_SUFFIX = re.compile("[（(].*?[）)]")
_DISTRICT = re.compile("[市州]([^市州]{2,6}?)[区县旗市]")


def find_service(text: str) -> str | None:
    """The service that words speak of."""
    return next((service for service, (_, pattern) in SERVICES.items() if re.search(pattern, text)), None)


def wish_of(said: Said) -> Wish | None:
    """The time that a message names."""
    return None if said.sent else find_wish(said.text, datetime.now(SHANGHAI).date())


def bare(name: str) -> str:
    """An office's name without what stands in brackets."""
    return _SUFFIX.sub("", name)


def office_payload(counter: Json) -> str:
    """「上海示例户政大厅」: names alone may come twice in a province."""
    return f"{counter['address'][:2]}{bare(counter['office'])}"[:20]


def _no(said: Said, slots: Slots) -> str | None:
    mine, number, service = slots.get("appointment_mine") or [], said.identifier("appointment_no"), find_service(said.text)
    fitting = [one["appointment_no"] for one in mine if one["appointment_no"] == number or (not number and one["service"] == service)]
    return fitting[0] if len(fitting) == 1 else None


def _service(said: Said, slots: Slots) -> str | None:
    return None if said.sent else find_service(said.text) or slots.get("hint_service")


def _office(said: Said, slots: Slots) -> Json | None:
    """The one named; of several with that name the one in the place named; the only one of a district; for a location the nearest."""
    counters: list[Json] = slots.get("hint_counters") or []
    if said.sent:
        return counters[0] if counters and said.entity("lat") else None
    text = said.text.strip()
    named = [one for one in counters if text == office_payload(one)] or [one for one in counters if bare(one["office"]) in text or text in one["office"]]
    named = named or [one for one in counters if (found := _DISTRICT.search(one["address"])) and found[1] in text]
    placed = [one for one in named if one["address"][:2] in text] if len(named) > 1 else named
    return placed[0] if len(placed) == 1 and len(text) >= 2 else None


def _start(said: Said, slots: Slots) -> str | None:
    """The first free slot inside what the message wishes, or, while none is chosen, inside what was wished before."""
    earlier = slots.get("appointment_wish")
    wish = wish_of(said) or (Wish(**earlier) if earlier and slots.get("appointment_start") is None else None)
    return next((start for start in slots.get("hint_free") or [] if wish.fits(start)), None) if wish else None


def _name(said: Said, slots: Slots) -> str | None:
    """What begins with a surname, or stands beside a telephone number: a name confirms the summary, so not every word may be one."""
    masked = words.MASKED_NAME.search(said.text)
    if masked or said.sent or wish_of(said):
        return masked[0] if masked else None
    text = words.NOT_NAME.sub("", said.text.strip()).strip()
    plain = words.PLAIN_NAME.fullmatch(text)
    likely = plain and (said.identifier("phone") or MASK.search(mask_name(text, lambda kind, _: f"〔{kind}#00000000〕")))
    return sealed("姓名", plain[1]) if plain and likely and not words.NO_NAME.search(plain[1]) else None


def _told_name(said: Said, slots: Slots) -> str | None:
    """Said of oneself; or with a telephone number beside it, by who is bound and brings somebody else."""
    masked = words.OWN_NAME.search(said.text)
    if slots.get(OWN) and said.identifier("phone"):
        return _name(said, slots)
    return masked[1] if masked else None


def _phone(said: Said, slots: Slots) -> str | None:
    return said.identifier("phone")


def _confirmed(said: Said, slots: Slots) -> bool | None:
    """A no ends it as well: nothing is booked, moved or cancelled."""
    if said.denies or re.match("不(?:取消|改|约|要|用)", said.text):
        return False
    return True if said.agrees or said.text.startswith("确认") else None


def _of(*deeds: str) -> Callable[[Slots], bool]:
    return lambda slots: slots.get("appointment_deed") in deeds


def _asked_contact(slots: Slots) -> bool:
    return slots.get("appointment_deed") == "book" and not slots.get(OWN)


FIELDS = (
    Field("appointment_no", "编号|预约号", _no, _no, needed=_of("move", "cancel")),
    Field("appointment_service", "业务|事项", _service, _service, needed=_of("book")),
    Field("appointment_office", "网点|地点|地址|大厅|派出所|地方|窗口", _office, _office, adds=True, sent=frozenset({"位置"}), needed=_of("book")),
    Field("appointment_start", "时间|日期|日子", _start, _start, adds=True, needed=_of("book", "move")),
    Field("appointment_name", "姓名|名字", _name, _told_name, needed=_asked_contact),
    Field("appointment_phone", "电话|手机号?|联系方式", _phone, _phone, needed=_asked_contact),
    Field("appointment_confirmed", "确认", _confirmed, needed=_of("book", "move", "cancel")),
)
"""In the order of asking."""
