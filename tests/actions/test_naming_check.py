"""The rules on names, name by name; each fact of the data file is held against the facts it was derived from."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from actions.hanzi import FILE, look_up, standard_form, tone, toneless
from actions.naming_check import check, known


@pytest.mark.parametrize(
    ("name", "weight", "notes"),
    [
        ("王梓涵", "clear", set()),
        ("王一", "hint", {"single"}),
        ("欧阳若汐", "clear", set()),
        ("欧阳李涵", "clear", set()),
        ("王莹莹", "hint", {"same_tone"}),
        ("王犇犇", "mind", {"rare"}),
        ("王𬭎", "mind", {"old_fonts", "single"}),
        ("李龘", "stop", {"outside", "single"}),
        ("王峯", "stop", {"standard_form", "single"}),
        ("陳麗華", "stop", {"standard_form", "surname_form"}),
        ("劉星辰", "mind", {"surname_form"}),
        ("王A梓", "stop", {"signs"}),
        ("王7", "stop", {"signs", "single"}),
        ("王７", "stop", {"signs", "single"}),
        ("王@", "stop", {"signs", "single"}),
        ("王李梓涵", "mind", {"joined"}),
        ("王梓涵阳", "clear", set()),
        ("周丽丽丽丽丽丽", "mind", {"long"}),
        ("阿依古丽·买买提", "hint", {"dot"}),
        ("阿依古丽.买买提", "hint", {"dot"}),
        ("扎西·A", "stop", {"dot", "signs"}),
        ("图雅", "mind", {"no_surname"}),
        ("王", "stop", {"too_short"}),
        ("王" + "一" * 20, "stop", {"too_long", "long"}),
        ("杜子腾", "hint", {"homophone"}),
        ("单乐", "hint", {"single", "polyphone"}),
        ("王国旗", "mind", {"meaning", "same_tone"}),
        ("王耀祖", "hint", {"strokes"}),
    ],
)
def test_names(name: str, weight: str, notes: set[str]) -> None:
    checked = check(name)
    assert (checked.weight, set(checked.notes)) == (weight, notes)
    assert all(known()["notes"][code]["text"].format(chars=chars) for code, chars in checked.notes.items())


def test_the_weightiest_note_comes_first() -> None:
    assert next(iter(check("王犇A").notes)) == "signs"


def test_a_surname_is_held_against_the_parents() -> None:
    assert "other_surname" in check("陈沐阳", frozenset("王李")).notes
    assert "other_surname" not in check("李沐阳", frozenset("王李")).notes
    assert "other_surname" not in check("劉沐阳", frozenset("刘")).notes


def test_reading_and_strokes() -> None:
    assert (check("曾单").reading, check("单曾").reading) == ("zēng dān", "shàn zēng")
    assert check("尉迟恭").reading == "yù chí gōng"
    assert [char.strokes for char in check("王梓涵").characters] == [4, 11, 11]
    assert (tone("lǜ"), toneless("lǜ"), tone("bo")) == ("\u0300", "lü", "")


@pytest.mark.parametrize(
    ("name", "band"), [("张伟", "very"), ("李梓涵", "very"), ("王子泽", "rather"), ("王敏", "very"), ("慕容砚秋", "plain"), ("王犇", "seldom")]
)
def test_how_common(name: str, band: str) -> None:
    assert check(name).band == band


def test_the_table_is_the_official_one(shared: Path) -> None:
    with (shared / "facts/hanzi/tongyong_guifan_8105.tsv").open(encoding="utf-8") as file:
        official = {row["char"]: int(row["level"]) for row in csv.DictReader(file, delimiter="\t")}
    chars = "".join(line.split("\t")[3] for line in FILE.read_text(encoding="utf-8").splitlines())
    assert len(chars) == len(official) == 8105 and FILE.stat().st_size < 300_000
    assert all((found := look_up(char)) and found.level == level for char, level in official.items())


def test_what_is_said_of_readings_and_surnames_holds(shared: Path) -> None:
    with (shared / "facts/hanzi/hanzi8105_pinyin_strokes.tsv").open(encoding="utf-8") as file:
        readings = {
            row["char"]: {one.rstrip("12345").replace("v", "ü") for one in row["pinyin_all"].split(",")} for row in csv.DictReader(file, delimiter="\t")
        }
    said = {**known()["polyphones"], **{name: one.split() for name, one in known()["surname_readings"].items() if len(name) == 1}}
    assert {char for char, ways in said.items() if not {toneless(one) for one in ways} <= readings[char]} == set()
    with (shared / "facts/names/psychbruce_GPL3/familyname.csv").open(encoding="utf-8-sig") as file:
        most = [row["surname"] for row, _ in zip(csv.DictReader(file), range(10), strict=False)]
    assert set(most[:9]) <= set(known()["common"]["surnames"])


def test_a_character_of_the_table_is_no_variant() -> None:
    assert (standard_form("峯"), standard_form("喆"), standard_form("龘"), standard_form("A")) == ("峰", None, None, None)
