"""`weijing catalogue`: writes `docs/catalogue.md`, the page that lists every service item with its basis, review, owner and what is not confirmed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from weijing.service_item import ASPECTS, CATEGORIES, MAY_BE_UNCONFIRMED, ServiceItem
from weijing.service_item_card import bases_by_law
from weijing.service_items import load_service_items
from weijing.settings import ROOT

PAGE = ROOT / "docs" / "catalogue.md"
_HEAD = """# The service items

Written by `weijing catalogue` from `data/service_items/`; do not edit it here. How a record is written: [service-items.md](service-items.md).

What is not confirmed is left out of every answer: the citizen is told that the handling office's publication counts, and is offered a person.
"""


def main(argv: list[str]) -> int:
    """Write the page, or say with exit code 1 that it is not current."""
    options = argparse.ArgumentParser("weijing catalogue", description=__doc__)
    options.add_argument("--check", action="store_true", help="only say whether the page is current")
    options.add_argument("--page", type=Path, default=PAGE, help="the file (docs/catalogue.md)")
    chosen = options.parse_args(argv)
    text = page(load_service_items())
    if not chosen.check:
        chosen.page.write_text(text, encoding="utf-8")
        print(f"{chosen.page} written")
    elif not chosen.page.is_file() or chosen.page.read_text(encoding="utf-8") != text:
        print(f"{chosen.page} is not current; run `weijing catalogue`", file=sys.stderr)
        return 1
    else:
        print("current")
    return 0


def page(items: Sequence[ServiceItem]) -> str:
    """The page, in Markdown."""
    return "\n".join([_HEAD, *_totals(items), *(line for category in CATEGORIES for line in _section(category, items))]) + "\n"


def _totals(items: Sequence[ServiceItem]) -> Iterator[str]:
    yield "| category | items | facts confirmed | facts not confirmed | first review due |"
    yield "|---|---:|---:|---:|---|"
    for category in CATEGORIES:
        yield _total(f"[{CATEGORIES[category]}](#{category}) `{category}`", [item for item in items if item.category == category])
    yield _total("**all**", items)
    yield ""
    yield "Not confirmed, by fact: " + ", ".join(
        f"{ASPECTS[name]} `{name}` {sum(name in item.unconfirmed for item in items)}" for name in MAY_BE_UNCONFIRMED
    ) + "."
    yield ""
    places = "、".join(sorted({region.place for item in items for region in item.regions}))
    yield f"Items whose answer follows the person's situation: {sum(bool(item.situations) for item in items)}. Places with rules of their own: {places}."


def _total(name: str, items: Sequence[ServiceItem]) -> str:
    open_facts = sum(len(item.unconfirmed) for item in items)
    due = min((item.review_by.isoformat() for item in items), default="")
    return f"| {name} | {len(items)} | {len(items) * len(MAY_BE_UNCONFIRMED) - open_facts} | {open_facts} | {due} |"


def _section(category: str, items: Sequence[ServiceItem]) -> Iterator[str]:
    yield f'\n<a id="{category}"></a>\n\n## {CATEGORIES[category]} {category}\n'
    yield "| service item | legal basis | checked | review by | owner | not confirmed |"
    yield "|---|---|---|---|---|---|"
    yield from (_row(item) for item in items if item.category == category)


def _row(item: ServiceItem) -> str:
    missing = f"{len(item.unconfirmed)}: {'、'.join(ASPECTS[name] for name in item.unconfirmed)}" if item.unconfirmed else "0"
    basis = bases_by_law(item.as_dict()["legal_basis"])
    return f"| {item.name}<br>`{item.id}` | {basis} | {item.valid_from} | {item.review_by} | {item.owner} | {missing} |"
