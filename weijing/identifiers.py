"""Numbers that name a person, a vehicle, an account or one of our cases, found in free text with their place.

Identity cards (GB 11643) and social credit codes (GB 32100) carry a check digit, bank cards Luhn's; telephone numbers follow the national plan. What
looks like an identity card but fails its check is still found, with `valid` false: it is private all the same, and the action asks again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from weijing.normalise import narrow

_L = r"(?<![0-9A-Za-z])"
_R = r"(?![0-9A-Za-z])"
_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "A-HJ-NP-Za-hj-np-z"  # plates and passports have no I and no O
_QUERY_CHAR = "[2-9A-HJ-NP-Z]"  # docs/contracts.md: no 0 1 I O

_OURS = r"\s?20\d{2}\s?[-—–_]?\s?\d{6}"  # people leave the hyphen out
_MOBILE = r"1[3-9]\d(?:[ .-]?\d{4}[ .-]?\d{4}|\d{2}[ -]\d{6}|[ -]\d{3}[ -]\d{5})"

_PATTERNS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("email", re.compile(r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{2,63}){1,4}", re.ASCII)),
    ("application_no", re.compile(rf"{_L}[Aa]{_OURS}{_R}")),
    ("report_no", re.compile(rf"{_L}[Jj]{_OURS}{_R}")),
    ("filing_no", re.compile(rf"{_L}[Bb]{_OURS}{_R}")),
    ("case_no", re.compile(rf"{_L}[Kk]{_OURS}{_R}")),
    ("letter_no", re.compile(rf"{_L}[Xx]{_OURS}{_R}")),
    ("appointment_no", re.compile(rf"{_L}[Yy]{_OURS}{_R}")),
    ("delivery_no", re.compile(rf"{_L}[A-Za-z]{{2}}[ -]?\d{{3}}[ -]?\d{{3}}[ -]?\d{{3}}[ -]?[A-Za-z]{{2}}{_R}")),
    ("id_number", re.compile(rf"{_L}[1-9]\d{{5}}[ -]?(?:18|19|20)\d{{2}}[ -]?(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[ -]?\d{{3}}[\dXx]{_R}")),
    ("credit_code", re.compile(rf"{_L}[0-9A-HJ-NPQRTUWXY]{{2}}\d{{6}}[0-9A-HJ-NPQRTUWXY]{{10}}{_R}")),
    ("bank_card", re.compile(rf"{_L}[3-6]\d{{3}}(?:[ -]?\d{{4}}){{3}}(?:[ -]?\d{{1,3}})?{_R}")),
    ("phone", re.compile(rf"(?:{_L}|(?<=\+86)|(?<=\+86[ -])|(?<=(?<!\d)86)|(?<=(?<!\d)0086)){_MOBILE}{_R}")),
    ("phone", re.compile(rf"{_L}(?:\(0\d{{2,3}}\)|0\d{{2,3}})[ -]?\d{{7,8}}{_R}")),
    ("phone", re.compile(rf"{_L}\+(?!86)\d{{1,3}}[ -]?\d{{2,4}}(?:[ -]?\d{{3,4}}){{1,3}}{_R}")),
    ("plate", re.compile(rf"[{_PROVINCES}][{_LETTER}][·.• -]?(?:[{_LETTER}0-9]{{5,6}}|[{_LETTER}0-9]{{4}}[学警挂港澳使领]){_R}")),
    ("travel_document", re.compile(rf"{_L}(?:[EGPSDegpsd]\d{{8}}|[Ee][{_LETTER}]\d{{7}}|[CLTclt]\d{{8}}|[Cc][A-Za-z]\d{{7}}|[HMhm]\d{{8}}(?:\d\d)?){_R}")),
    ("travel_document", re.compile(rf"(?:台胞证|往来大陆通行证)(?:证件)?(?:号码|号)?[是为:: ]{{0,2}}(?P<value>\d{{8}}){_R}")),
    ("query_code", re.compile(rf"{_L}(?=[0-9A-Za-z-]*[A-Za-z]){_QUERY_CHAR}{{4}}-{_QUERY_CHAR}{{4}}{_R}")),
    ("query_code", re.compile(rf"查询码[是为:: ]{{0,3}}(?P<value>{_QUERY_CHAR}{{4}}[- ]?{_QUERY_CHAR}{{4}}){_R}", re.IGNORECASE)),
    ("query_code", re.compile(rf"{_L}(?=[a-z-]*\d)(?=[0-9-]*[a-z]){_QUERY_CHAR}{{4}}-{_QUERY_CHAR}{{4}}{_R}", re.IGNORECASE)),
)  # fmt: skip


@dataclass(frozen=True)
class Identifier:
    """One identifier in a text.

    Args:
        kind: `id_number` `credit_code` `phone` `plate` `bank_card` `email` `travel_document` `application_no` `report_no` `filing_no`
            `case_no` `letter_no` `appointment_no` `delivery_no` `query_code`.
        value: written the canonical way: half-width, capitals, no blanks (query codes with their hyphen).
        start, end: its place in the text as given.
        valid: False for an identity or delivery number whose check digit is wrong.
    """

    kind: str
    value: str
    start: int
    end: int
    valid: bool = True


def find_identifiers(text: str) -> list[Identifier]:
    """Every identifier of the text in order, none overlapping; earlier kinds of the table win."""
    flat = narrow(text)
    taken: list[Identifier] = []
    for kind, pattern in _PATTERNS:
        for found in _matches(kind, pattern, flat):
            if all(found.end <= other.start or found.start >= other.end for other in taken):
                taken.append(found)
    return sorted(taken, key=lambda found: found.start)


def _matches(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Identifier]:
    group = "value" if "value" in pattern.groupindex else 0
    for match in pattern.finditer(text):
        value = _canonical(kind, match[group])
        if _plausible(kind, value):
            yield Identifier(kind, value, match.start(group), match.end(group), _CHECKS.get(kind, bool)(value))


def _canonical(kind: str, raw: str) -> str:
    if kind == "email":
        return raw
    value = re.sub(r"[\s·.•()—–_-]", "", raw).upper()
    if kind in {"application_no", "report_no", "filing_no", "case_no", "letter_no", "appointment_no"}:
        return f"{value[:5]}-{value[5:]}"
    return f"{value[:4]}-{value[4:]}" if kind == "query_code" else value


def _plausible(kind: str, value: str) -> bool:
    """The checks that tell an identifier from another number of the same shape."""
    if kind == "id_number":
        return _born(value[6:14])
    if kind == "credit_code":
        from stdnum.cn import uscc

        return bool(uscc.is_valid(value))
    if kind == "bank_card":
        from stdnum import luhn

        return bool(luhn.is_valid(value))
    if kind == "plate":
        return sum(sign.isdigit() for sign in value) >= 2
    if kind == "phone" and not value.startswith("1"):
        return _rings(value)
    return True


def id_number_is_valid(value: str) -> bool:
    """Check digit, birth date and region of an 18-character identity number (GB 11643).

    A region need not have existed at birth: numbers were given out from 1984 on, with the codes of that day. Hong Kong, Macao and Taiwan residents' permits
    begin with 81 to 83, foreigners' permanent residence cards with 9.
    """
    from stdnum import numdb
    from stdnum.cn import ric

    if not (len(value) == 18 and value[:-1].isdigit() and _born(value[6:14])):
        return False
    known = value[:2] in {"81", "82", "83"} or value.startswith("9") or any("county" in part for _, part in numdb.get("cn/loc").info(value[:6]))
    return known and bool(ric.calc_check_digit(value) == value[-1])


def phone_is_valid(value: str) -> bool:
    """A mobile number, or a land line with area code, or a number abroad with its `+` and country code."""
    return bool(re.fullmatch(r"(?:\+86)?1[3-9]\d{9}", value)) or _rings(value)


def delivery_no_is_valid(value: str) -> bool:
    """Form and check digit of a postal item's number, e.g. `EA123456785CN` (Universal Postal Union, standard S10); python-stdnum has no S10."""
    if not re.fullmatch(r"[A-Z]{2}[0-9]{9}[A-Z]{2}", value):
        return False
    rest = 11 - sum(weight * int(digit) for weight, digit in zip((8, 6, 4, 2, 3, 5, 9, 7), value[2:10], strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(value[10])


_CHECKS = {"id_number": id_number_is_valid, "delivery_no": delivery_no_is_valid}
"""Kinds that carry a check digit by which a slip is told; others have none, or are no identifiers without it."""


def _rings(value: str) -> bool:
    """A land line with area code or a number abroad, by the numbering plans; the library is loaded only when such a number is met."""
    import phonenumbers

    try:
        return bool(phonenumbers.is_valid_number(phonenumbers.parse(value, "CN")))
    except phonenumbers.NumberParseException:
        return False


def _born(digits: str) -> bool:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= date.today()
    except ValueError:
        return False
