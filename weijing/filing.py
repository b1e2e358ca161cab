"""Filings 申报: what a bureau lets people file in the chat, each defined by one file `data/filings/<id>.yml` and nothing else.

The bot asks the fields in their order, the backend checks and keeps what was answered. `docs/filings.md` tells how to write one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from weijing.errors import ServiceItemError, WeijingError
from weijing.service_item import Basis
from weijing.service_item_record import read_record
from weijing.settings import ROOT

FOLDER = ROOT / "data" / "filings"
FieldType = Literal["text", "name", "phone", "id_number", "document", "date", "moment", "choice", "address", "place", "plate", "pictures", "people"]
"""What an answer is, as it stands in a filing's `fields` in the API:

`text` `name` `phone` `id_number` `plate` are strings; `document` is `{kind, number}`; `date` is `YYYY-MM-DD`; `moment` is ISO 8601 with zone;
`choice` is an option's value; `address` is `{division, code, detail, text}`; `place` is `{text, lat, lng}`, the coordinates null if only words were
given; `pictures` is a list of `{kind, ref}` (evidence); `people` is a list of `{name, document: {kind, number}, phone}`.
"""


class FilingError(WeijingError):
    """A filing's definition is not valid."""

    code = "filing"


@dataclass(frozen=True)
class Option:
    """One choice.

    Args:
        value: as it is kept and shown.
        words: a pattern of other words for it.
    """

    value: str
    words: str = ""


@dataclass(frozen=True)
class FilingField:
    """One thing that is asked for.

    Args:
        id: its name in the API.
        label: its name for the user, in the summary and when it is corrected.
        ask: the question.
        invalid: what is said to an answer that cannot be taken.
        words: a pattern of further names for it.
        optional: may be skipped (「没有」).
        when: asked only if each of these fields has one of the values (`租住|借住`).
        options: of a `choice`.
        least, most: characters of a `text`, entries of `pictures` and `people`; days from today of a `date` (`least` 365 back, `most` 30 ahead);
            hours from now of a `moment` (24 ahead without `most`).
        prefill: taken from the bound identity where there is one.
        story: any words will do; only a clear question or command is an aside.
    """

    id: str
    type: FieldType
    label: str
    ask: str
    invalid: str = ""
    words: str = ""
    optional: bool = False
    when: dict[str, str] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    least: int = 0
    most: int = 0
    prefill: Literal["", "name", "id_number", "phone"] = ""
    story: bool = False

    def wanted(self, answers: dict[str, object]) -> bool:
        """Whether it is asked, given the answers so far."""
        return all(str(answers.get(name)) in values.split("|") for name, values in self.when.items())


@dataclass(frozen=True)
class Filing:
    """One filing.

    Args:
        id: also the file's stem and `kind` in the API.
        name: as users read it; at most 20 characters, for it is also a button's payload.
        topic: `residence` or `filings`.
        words: a pattern of the words that choose it among those of its intent.
        usual: taken when the words choose none of its intent.
        intent: the intent that starts it.
        examples: sentences that start it, for the training of the NLU.
        item: the service item that tells of it, if there is one.
        basis: the law that it rests on; none for a convenience service that says so in its notice.
        notice: said before the first question (个人信息保护法 art. 17): purpose and what is particular; who handles the data and which rights there are
            is added by the bot.
        consent: `duty` if the law demands the filing, `voluntary` if the user may withdraw it at any time (arts. 13, 15).
        repeat: fields that make two filings of a person on one day the same one.
        at_least_one: optional fields of which one must be answered.
        receipt: what happens next, said with the number.
        workdays: within which the bureau answers; None if it promises nothing.
        erasable: whether the user may have it deleted.
        keep_days: days after which the backend deletes it; None keeps it by the bureau's own rules.
        owner: the unit that works it.
        reviewed: the day on which its facts were checked.
    """

    id: str
    name: str
    topic: Literal["residence", "filings"]
    intent: str
    words: str
    examples: tuple[str, ...]
    notice: str
    consent: Literal["duty", "voluntary"]
    receipt: str
    owner: str
    reviewed: date
    fields: tuple[FilingField, ...]
    usual: bool = False
    basis: tuple[Basis, ...] = ()
    item: str = ""
    repeat: tuple[str, ...] = ()
    at_least_one: tuple[str, ...] = ()
    workdays: int | None = None
    keep_days: int | None = None
    erasable: bool = False

    def asked(self, answers: dict[str, object]) -> list[FilingField]:
        """The fields that these answers call for, in order."""
        return [one for one in self.fields if one.wanted(answers)]

    def must(self, one: FilingField, answers: dict[str, object]) -> bool:
        """Whether this field cannot be skipped, given the answers so far: the last of `at_least_one` when none of the others is answered."""
        last = one.id == next(reversed(self.at_least_one), None)
        return not one.optional or (last and not any(answers.get(name) for name in self.at_least_one))


@cache
def load_filings(folder: Path = FOLDER) -> dict[str, Filing]:
    """All filings of the folder by id.

    Raises:
        FilingError: naming file and field of the first fault.
    """
    return {filing.id: filing for filing in map(_load, sorted(folder.glob("*.yml")))}


def _load(file: Path) -> Filing:
    try:
        filing = read_record(Filing, YAML(typ="safe").load(file.read_text(encoding="utf-8")), file.name)
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise FilingError(f"{file.name}: cannot be read as YAML: {' '.join(str(error).split())}") from error
    except ServiceItemError as error:
        raise FilingError(error.message) from error
    for fault in _faults(filing, file.stem):
        raise FilingError(f"{file.name}: {fault}")
    return filing


def _faults(filing: Filing, stem: str) -> list[str]:
    """What the types do not say."""
    found = [] if filing.id == stem else [f"id: is {filing.id}, the file says {stem}"]
    known: set[str] = set()
    for one in filing.fields:
        if not re.fullmatch("[a-z][a-z0-9_]{1,30}", one.id) or one.id in known:
            found.append(f"fields.{one.id}: must be a new name of small letters")
        found += [f"fields.{one.id}.when: {name} does not stand before it" for name in one.when if name not in known]
        if (one.type == "choice") != bool(one.options):
            found.append(f"fields.{one.id}.options: a choice has them, and nothing else")
        known.add(one.id)
    found += [f"repeat: {name} is no field" for name in filing.repeat if name not in known]
    found += [f"at_least_one: {name} is no optional field" for name in filing.at_least_one if name not in {one.id for one in filing.fields if one.optional}]
    return found + ([] if 0 < len(filing.name) <= 20 else ["name: 1 to 20 characters"])
