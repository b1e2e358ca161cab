"""A service item as chat text: one aspect, plain WeChat text, the basis and the day of its check as the last line.

It works on the dict form (`ServiceItem.as_dict`), since the bot gets items over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from weijing.service_item import ASPECTS

Item = Mapping[str, Any]

FORMS: Mapping[str, str] = {"original": "原件", "copy": "复印件", "both": "原件和复印件", "electronic": "电子版"}
"""Form of a material -> how it reads."""
_DAYS = {"calendar": "日", "workday": "个工作日"}
_BASES_SHOWN = 4


def card(item: Item, aspect: str, today: date, about: Sequence[str] = ()) -> str:
    """The answer to one aspect of an item; an unknown aspect gets the overview.

    A field that is not confirmed is said to follow the handling office, never guessed.

    Args:
        about: lines below the title that say for whom and where it holds.
    """
    aspect = aspect if aspect in ASPECTS else "overview"
    lines = _PARTS[aspect](item) or _unconfirmed(aspect)
    warning = [_warning(item)] if today > _day(item["review_by"]) else []
    return "\n".join([*warning, f"【{item['name']}】{ASPECTS[aspect]}", *about, *lines, _basis_line(item, aspect)])


def _unconfirmed(aspect: str) -> list[str]:
    return [f"{ASPECTS[aspect]}没有全国统一的明确规定，或还没有核实，以办理单位公布的为准。需要确认的话，回复“人工”，由工作人员答复您。"]


def _warning(item: Item) -> str:
    return f"请注意：以下内容应在{chinese_day(item['review_by'])}前复核，现已过期，可能有变。办理前请回复“人工”确认。"


def _overview(item: Item) -> list[str]:
    return [item["summary"], f"适用：{item['audience']}", *_short_limits(item), "想了解材料、费用、时限、流程、地点，直接问我就行。"]


def _short_limits(item: Item) -> list[str]:
    charges = item["fee"]["charges"]
    fee = [f"费用：{charge_line(charges[0])}"] if len(charges) == 1 else []
    days = [f"时限：{line}" for line in days_lines(item)[:1]]
    return [*days, *fee]


def _materials(item: Item) -> list[str]:
    return [f"{n}. {_material(one)}" for n, one in enumerate(item["materials"], 1)]


def _material(material: Mapping[str, Any]) -> str:
    return f"{material['name']}（{FORMS[material['form']]}）" + (f"——{remark(material)}" if remark(material) else "")


def remark(part: Mapping[str, Any]) -> str:
    """「父母未婚；到窗口填写」: who needs a material or pays a charge, and its note."""
    return "；".join(filter(None, ["或".join(part["when"]), part["note"]]))


def _fee(item: Item) -> list[str]:
    fee = item["fee"]
    return [*(charge_line(one) for one in fee["charges"]), *_given(fee["note"])]


def charge_line(charge: Mapping[str, Any]) -> str:
    """「丢失补领：40元」."""
    amount = f"{charge['yuan']:g}元" if charge["yuan"] else "不收费"
    return f"{charge['what']}：{amount}" + (f"（{remark(charge)}）" if remark(charge) else "")


def _who(item: Item) -> list[str]:
    """Where no rule on who comes is known, only whom the item is for."""
    return [f"适用：{item['audience']}", item["who"] or "能不能由别人代办，没有全国统一的明确规定，或还没有核实，请先问办理窗口，或回复“人工”。"]


def _time_limit(item: Item) -> list[str]:
    return [*days_lines(item), *_given(item["time_limit"]["note"])]


def days_lines(item: Item) -> list[str]:
    """「法定60日内，承诺20日内」, or nothing when no limit is confirmed."""
    limit = item["time_limit"]
    kind = _DAYS[limit["day_kind"]]
    legal = [f"法定{limit['legal_days']}{kind}内"] if limit["legal_days"] is not None else []
    promised = [f"承诺{limit['promised_days']}{kind}内"] if limit["promised_days"] is not None else []
    return ["，".join(legal + promised)] if legal or promised else []


def _numbered(name: str) -> Callable[[Item], list[str]]:
    return lambda item: [f"{n}. {line}" for n, line in enumerate(item[name], 1)]


def _plain(name: str) -> Callable[[Item], list[str]]:
    return lambda item: _given(item[name])


def _given(text: str) -> list[str]:
    return [text] if text else []


def _all_bases(item: Item) -> list[str]:
    return [f"{n}. {basis_name(one)}" for n, one in enumerate(item["legal_basis"], 1)]


def _basis_line(item: Item, aspect: str) -> str:
    """「依据：《居民身份证法》第十二条（2026年11月22日核对）」; the aspect `legal_basis` has just listed them."""
    names = "以上条文" if aspect == "legal_basis" else bases_in_short(bases_of(item["legal_basis"], aspect))
    return f"依据：{names}（{chinese_day(item['valid_from'])}核对）"


def bases_of(bases: list[Mapping[str, Any]], aspect: str) -> list[Mapping[str, Any]]:
    """Those of this aspect alone first, then those of the whole item; where neither is, all of them."""
    named = [one for one in bases if aspect in one["aspects"]]
    return named + [one for one in bases if not one["aspects"]] or bases


def bases_in_short(bases: list[Mapping[str, Any]]) -> str:
    """Articles of one law behind its name, laws in order of first mention; the first four."""
    return bases_by_law(bases[:_BASES_SHOWN]) + ("等" if len(bases) > _BASES_SHOWN else "")


def bases_by_law(bases: list[Mapping[str, Any]]) -> str:
    """All of them, each law with its articles behind it."""
    laws: dict[str, list[str]] = {}
    for one in bases:
        laws.setdefault(_law(one), []).append(one["article"])
    return "、".join(law + "、".join(articles) for law, articles in laws.items())


def basis_name(basis: Mapping[str, Any]) -> str:
    """「《居民身份证法》第十二条」."""
    return f"{_law(basis)}{basis['article']}"


def _law(basis: Mapping[str, Any]) -> str:
    revision = f"（{basis['year']}年修订）" if basis["year"] else ""
    return f"《{basis['law']}》{revision}" if basis["article"] else f"{basis['law']}（{basis['document_no']}）"


def _day(value: str) -> date:
    return date.fromisoformat(value)


def chinese_day(value: str) -> str:
    """「2026年11月22日」 for an ISO date."""
    day = _day(value)
    return f"{day.year}年{day.month}月{day.day}日"


_PARTS: Mapping[str, Callable[[Item], list[str]]] = {
    "overview": _overview,
    "materials": _materials,
    "fee": _fee,
    "time_limit": _time_limit,
    "procedure": _numbered("procedure"),
    "conditions": _numbered("conditions"),
    "where": _plain("where"),
    "online": _plain("online"),
    "legal_basis": _all_bases,
    "validity": _plain("validity"),
    "who": _who,
}
