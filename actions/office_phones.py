"""The phone book: which number to call for what (`data/lookups/phone_book.yml`)."""

from __future__ import annotations

import re
from functools import cache

from ruamel.yaml import YAML

from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "phone_book.yml"
_WANTED = re.compile(r"电话|号码|热线|专线|打(?:多少|几|哪)|拨(?:打|多少|几|哪)|发到哪")
_WHOLE = re.compile(
    r"(?:求助|常用|公安|警务|应急|紧急|各种|便民|有用)的?(?:电话|号码|热线)|(?:哪些|什么).{0,4}(?:电话|热线)|(?:电话|号码|热线)(?:簿|本|大全|汇总|有哪些)"
)
_LINE = "{number} {name}：{when}{local}"

Line = dict[str, str]


@cache
def phone_book() -> tuple[Line, ...]:
    """Every line: `number`, `name`, `when`, `asked` and, where something differs by place, `local`."""
    return tuple(YAML(typ="safe").load(FILE.read_text(encoding="utf-8")))


def lines_asked_for(text: str) -> list[Line]:
    """The lines of the numbers that a question names or asks for; all of them when it asks for the useful ones, none when it asks for no number."""
    named = [line for line in phone_book() if re.search(rf"(?<!\d){line['number']}(?!\d)", text)]
    if named or not _WANTED.search(text):
        return named
    about = [line for line in phone_book() if re.search(line["asked"], text)]
    return about or (list(phone_book()) if _WHOLE.search(text) else [])


def shown(lines: list[Line]) -> str:
    """A line each, what is local in brackets."""
    return "\n".join(_LINE.format(**{**line, "local": f"（{line['local'].rstrip('。')}）" if "local" in line else ""}) for line in lines)
