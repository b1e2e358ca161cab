"""Service items 事项: the dated, sourced records that every answer about a procedure comes from.

`data/service_items/<category>.yml` or `<category>/<topic>.yml` holds them, `docs/service-items.md` tells how to write one. The backend seeds its tables
from here; the bot gets them over HTTP in the form of `ServiceItem.as_dict`, which `parse_item` takes back.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from weijing.article_numbers import well_formed
from weijing.errors import ServiceItemError
from weijing.order_law import order_law_faults
from weijing.service_item import ASPECTS, CATEGORIES, MAY_BE_UNCONFIRMED, Basis, Fee, ServiceItem, TimeLimit
from weijing.service_item_choices import choice_faults, effect_faults
from weijing.service_item_record import read_record
from weijing.settings import ROOT

__all__ = ["ASPECTS", "CATEGORIES", "FOLDER", "ServiceItem", "load_service_items", "parse_item"]

FOLDER = ROOT / "data" / "service_items"
NAME_LENGTH = 20
"""Characters of a name: it is also a button's payload (docs/contracts.md)."""

LONGEST_UNREVIEWED = timedelta(days=366)
"""From the day the facts were checked to the review: one year, a leap year included."""
_ID = re.compile("[a-z][a-z0-9_]{2,39}")


def load_service_items(folder: Path = FOLDER) -> list[ServiceItem]:
    """All items of the folder: by category, file and place in it.

    Raises:
        ServiceItemError: naming file, item and field of the first fault.
    """
    files = sorted([*folder.glob("*.yml"), *folder.glob("*/*.yml")], key=lambda file: file.relative_to(folder).with_suffix("").parts)
    if not files:
        raise ServiceItemError(f"{folder} holds no service items (*.yml)")
    items = [item for file in files for item in _load(file, str(file.relative_to(folder)))]
    _check_together(items)
    return items


def parse_item(raw: object, source: str) -> ServiceItem:
    """One record checked by itself; `source` stands in front of the error.

    Raises:
        ServiceItemError: naming item and field.
    """
    name = raw.get("id") if isinstance(raw, dict) else None
    item = read_record(ServiceItem, raw, f"{source}: {name}" if name else source)
    for name, fault in _faults(item):
        raise ServiceItemError(f"{source}: {item.id}.{name}: {fault}")
    return item


def _load(file: Path, name: str) -> list[ServiceItem]:
    """The records of a file; its folder, or else its own stem, is their category."""
    try:
        records = YAML(typ="safe").load(file.read_text(encoding="utf-8"))
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        raise ServiceItemError(f"{name}: cannot be read as YAML: {' '.join(str(error).split())}") from error
    if not isinstance(records, list):
        raise ServiceItemError(f"{name}: must be a list of records")
    items = [parse_item(record, f"{name}[{n}]") for n, record in enumerate(records)]
    category = Path(name).with_suffix("").parts[0]
    for item in items:
        if item.category != category:
            raise ServiceItemError(f"{name}: {item.id}.category: is {item.category}, the file says {category}")
    return items


def _faults(item: ServiceItem) -> list[tuple[str, str]]:
    """(field, what is wrong) for what the types do not say."""
    found = [(name, "is missing") for name in ("name", "summary", "audience", "legal_basis", "questions", "owner") if not getattr(item, name)]
    checks = (
        ("id", bool(_ID.fullmatch(item.id)), "3 to 40 of a-z, 0-9 and _, a letter first"),
        ("name", len(item.name) <= NAME_LENGTH, f"longer than {NAME_LENGTH} characters"),
        ("category", item.category in CATEGORIES, f"none of {', '.join(CATEGORIES)}"),
        ("review_by", item.valid_from <= item.review_by, "before valid_from"),
        ("review_by", item.review_by - item.valid_from <= LONGEST_UNREVIEWED, "more than a year after valid_from"),
    )
    found += [(name, fault) for name, good, fault in checks if not good]
    found += [(f"legal_basis[{n}].{name}", fault) for n, basis in enumerate(item.legal_basis) for name, fault in _basis_faults(basis)]
    bases = [(f"regions.{region.place}", basis) for region in item.regions for basis in region.legal_basis]
    found += [(f"{place}.{name}", fault) for place, basis in bases for name, fault in _basis_faults(basis)]
    if item.fee != Fee() and not any(not basis.aspects or "fee" in basis.aspects for basis in item.legal_basis):
        found.append(("fee", "has no basis: name its law and article in legal_basis with aspects: [fee], or name fee in unconfirmed"))
    return [*found, *_unconfirmed_faults(item), *order_law_faults(item), *choice_faults(item)]


def _basis_faults(basis: Basis) -> list[tuple[str, str]]:
    found = [("aspects", f"{aspect} is no aspect") for aspect in basis.aspects if aspect not in ASPECTS]
    if basis.article and not well_formed(basis.article):
        found.append(("article", f"{basis.article} is malformed; write it as the law does, e.g. 第十二条第三款"))
    if not basis.article and not basis.document_no:
        found.append(("article", "is missing, and there is no document_no"))
    return found


def _unconfirmed_faults(item: ServiceItem) -> list[tuple[str, str]]:
    found = [("unconfirmed", f"{name} is none of {', '.join(MAY_BE_UNCONFIRMED)}") for name in item.unconfirmed if name not in MAY_BE_UNCONFIRMED]
    for name in MAY_BE_UNCONFIRMED:
        filled = getattr(item, name) not in ((), "", Fee(), TimeLimit(), TimeLimit(day_kind="workday"))
        if filled == (name in item.unconfirmed):
            found.append((name, "is filled although unconfirmed" if filled else "is empty: fill it or name it in unconfirmed"))
    return found


def _check_together(items: list[ServiceItem]) -> None:
    """Ids, names and aliases are each one item's; `related` leads somewhere."""
    ids: set[str] = set()
    words: dict[str, str] = {}
    for item in items:
        if item.id in ids:
            raise ServiceItemError(f"{item.category}: {item.id}.id: is there twice")
        ids.add(item.id)
        for place, word in [("name", item.name), *(("aliases", alias) for alias in item.aliases)]:
            if word in words:
                raise ServiceItemError(f"{item.category}: {item.id}.{place}: {word} already belongs to {words[word]}")
            words[word] = item.id
    for item in items:
        for other in item.related:
            if other not in ids or other == item.id:
                raise ServiceItemError(f"{item.category}: {item.id}.related: {other} is no other item")
    for fault in effect_faults({item.id: item for item in items}):
        raise ServiceItemError(fault)
