"""A candidate name looked at by the rules: 民法典 art. 1012 and 1015, 居民身份证法 art. 4, the table of characters, and what people find out too late."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML

from actions.hanzi import Hanzi, is_han, look_up, standard_form, tone, toneless
from weijing.candidate_names import DOTS
from weijing.normalise import narrow, simplify
from weijing.privacy import COMPOUND, SURNAMES
from weijing.settings import ROOT

FILE = ROOT / "data" / "lookups" / "naming.yml"
LONG, TOO_LONG, MANY_STROKES = 6, 20, 20
"""Characters from which a name is unhandy, cannot be made out on a card; strokes of one character that are many."""
_DOT = re.compile(f"[{re.escape(DOTS)}]")
_SURNAME = re.compile(SURNAMES)
WEIGHTS = ("hint", "mind", "stop")
"""How much a note weighs, least first."""


@dataclass(frozen=True)
class Checked:
    """What there is to say of a name.

    Args:
        name: as it would be registered, the interval sign as `·`.
        surname: empty for a name of a minority or one whose surname is not known.
        characters: those of the table, a standard form in the place of a traditional or variant one.
        reading: of all characters of the table.
        notes: code -> the characters it is about, the weightiest first.
        band: how common: `very`, `rather`, `plain` or `seldom`.
    """

    name: str
    surname: str
    ethnic: bool
    characters: tuple[Hanzi, ...]
    reading: str
    notes: Mapping[str, str]
    band: str

    @property
    def weight(self) -> str:
        """`stop`, `mind`, `hint` or `clear`: the heaviest note's."""
        return max((known()["notes"][code]["weight"] for code in self.notes), key=WEIGHTS.index, default="clear")

    @property
    def strokes(self) -> int:
        """Of the whole name."""
        return sum(one.strokes for one in self.characters)


@lru_cache(maxsize=1)
def known() -> Mapping[str, Any]:
    """data/lookups/naming.yml."""
    read: Mapping[str, Any] = YAML(typ="safe").load(FILE.read_text(encoding="utf-8"))
    return read


def check(name: str, parents: frozenset[str] = frozenset()) -> Checked:
    """Look at one name.

    Args:
        parents: the parents' surnames, as far as the user has said them.
    """
    name = _DOT.sub("·", narrow(re.sub(r"\s", "", name)))
    ethnic = "·" in name
    surname = "" if ethnic else surname_of(name)
    facts = [found for char in name if (found := look_up(char) or look_up(standard_form(char) or ""))]
    reading = _reading(simplify(surname), facts)
    notes = dict([*_written(name, surname), *_family(name, surname, ethnic, parents), *_heard(name, surname, facts, reading)])
    order = sorted(notes, key=lambda code: -WEIGHTS.index(known()["notes"][code]["weight"]))
    return Checked(name, surname, ethnic, tuple(facts), " ".join(reading), {code: notes[code] for code in order}, _band(name, surname, facts))


def surname_of(name: str) -> str:
    """The surname that a name begins with, empty when it is not known; a traditional or variant one counts."""
    flat = simplify(name)
    if flat[:2] in COMPOUND and len(name) > 2:
        return name[:2]
    return name[:1] if _SURNAME.fullmatch(flat[:1]) or flat[:1] in known()["surname_readings"] else ""


def _written(name: str, surname: str) -> Iterator[tuple[str, str]]:
    """How it is written: signs, forms that are not standard, characters that systems do not have."""
    given = dict.fromkeys(name[len(surname) :].replace("·", ""))
    forms = {char: form for char in given if (form := standard_form(char))}
    facts = [fact for char in given if (fact := look_up(char))]
    found = {
        "signs": [char for char in given if not is_han(char)],
        "standard_form": [f"“{char}”的规范字是“{form}”" for char, form in forms.items()],
        "outside": [char for char in given if is_han(char) and char not in forms and not look_up(char)],
        "old_fonts": [fact.char for fact in facts if not fact.in_old_fonts],
        "rare": [fact.char for fact in facts if fact.level == 3 and fact.in_old_fonts],
        "strokes": [fact.char for fact in facts if fact.strokes >= MANY_STROKES],
    }
    for code, chars in found.items():
        if chars:
            yield code, "，".join(chars) if code == "standard_form" else "“" + "”“".join(chars) + "”"


def _family(name: str, surname: str, ethnic: bool, parents: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Surname and length; a name of a minority follows its own custom."""
    given = name[len(surname) :]
    if len(name) > TOO_LONG:
        yield "too_long", ""
    if len(name) == 1:
        yield "too_short", ""
    elif ethnic:
        yield "dot", ""
    elif not surname:
        yield "no_surname", ""
    elif parents and simplify(surname) not in parents:
        yield "other_surname", ""
    if any(standard_form(char) for char in surname):
        yield "surname_form", f"“{surname}”的规范字是“{simplify(surname)}”"
    if len(name) > LONG and not ethnic:
        yield "long", ""
    if surname and len(given) == 1:
        yield "single", ""
    if len(surname) == 1 and len(given) == 3 and _SURNAME.fullmatch(given[0]):
        yield "joined", surname + given[0]
    for word in known()["meanings"]:
        if word in name:
            yield "meaning", word


def _heard(name: str, surname: str, facts: list[Hanzi], reading: list[str]) -> Iterator[tuple[str, str]]:
    """How it sounds."""
    double = [f"{char}（{'、'.join(known()['polyphones'][char])}）" for char in dict.fromkeys(name[len(surname) :]) if char in known()["polyphones"]]
    if double:
        yield "polyphone", "，".join(double)
    bare = " ".join(toneless(one) for one in reading)
    if bare in known()["homophones"]:
        yield "homophone", known()["homophones"][bare]
    if any(one == two and left.char != right.char for one, two, left, right in zip(reading, reading[1:], facts, facts[1:], strict=False)):
        yield "same_sound", ""
    elif len(reading) > 2 and len({tone(one) for one in reading}) == 1:
        yield "same_tone", ""


def _reading(surname: str, facts: list[Hanzi]) -> list[str]:
    own: list[str] = known()["surname_readings"].get(surname, "").split()
    usual = [known()["polyphones"].get(one.char, [one.reading])[0] for one in facts]
    return own + usual[len(own) :]


def _band(name: str, surname: str, facts: list[Hanzi]) -> str:
    """How common: a rough estimate, not a count of namesakes."""
    common, given = known()["common"], name[len(surname) :]
    often = set(common["characters"]) | set("".join(common["given"]))
    if name in common["names"] or given in common["given"]:
        return "very"
    if len(facts) < len(name.replace("·", "")) or any(one.level == 3 for one in facts):
        return "seldom"
    liked = all(char in often for char in given)
    return "rather" if liked or (len(given) == 1 and surname in common["surnames"]) else "plain"
