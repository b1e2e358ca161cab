"""What is wrong with the filings beyond their form: words that do not compile or do not choose, unknown items, stale facts, articles that do not exist."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from weijing.filing import Filing, FilingError, load_filings
from weijing.law_texts import has_law_texts, load_law_texts
from weijing.service_items import LONGEST_UNREVIEWED


def filing_faults(folder: Path, items: Iterable[str], today: date, shared: Path) -> Iterator[str]:
    """Every fault of the definitions in a folder, one sentence each.

    Args:
        items: ids of the service items that exist.
        shared: where the law texts lie; articles are looked up only if they do.
    """
    try:
        filings = load_filings(folder)
    except FilingError as error:
        yield f"filings: {error.message}"
        return
    known = set(items)
    for filing in filings.values():
        yield from (f"filings: {filing.id}: {fault}" for fault in _faults(filing, known, today))
        if not list(_broken(filing)):
            yield from (f"filings: {filing.id}: {fault}" for fault in _choices(filing, filings))
    if has_law_texts(shared):
        laws = load_law_texts(shared)
        cited = ((filing.id, basis) for filing in filings.values() for basis in filing.basis)
        yield from (f"filings: {name}: {one.law} {one.article} is not in the law's text" for name, one in cited if not laws.knows(one.law, one.article))


def _faults(filing: Filing, items: set[str], today: date) -> Iterator[str]:
    yield from _broken(filing)
    if filing.item and filing.item not in items:
        yield f"item: {filing.item} is no service item"
    if not today - LONGEST_UNREVIEWED <= filing.reviewed <= today:
        yield f"reviewed: {filing.reviewed} is in the future or longer ago than a year"
    if filing.consent == "voluntary" and not filing.erasable:
        yield "erasable: what is voluntary can be withdrawn (个人信息保护法 art. 15)"
    if filing.consent == "duty" and not filing.basis:
        yield "basis: a duty needs the law that makes it one"


def _broken(filing: Filing) -> Iterator[str]:
    patterns = {"words": filing.words} | {f"fields.{one.id}.words": one.words for one in filing.fields}
    patterns |= {f"fields.{one.id}.options.{option.value}": option.words for one in filing.fields for option in one.options}
    for name, pattern in patterns.items():
        try:
            re.compile(pattern)
        except re.error as error:
            yield f"{name}: is no pattern: {error}"


def _choices(filing: Filing, filings: Mapping[str, Filing]) -> Iterator[str]:
    """Each example chooses its own filing and no other one of its intent."""
    rivals = [one for one in filings.values() if one.intent == filing.intent]
    if filing.usual and sum(one.usual for one in rivals) > 1:
        yield f"usual: another filing of {filing.intent} is too"
    if not filing.examples:
        yield "examples: none, so nobody will find it"
    for example in filing.examples:
        chosen = [one.id for one in rivals if re.search(one.words, example)]
        if chosen != [filing.id] and len(rivals) > 1 and not (filing.usual and not chosen):
            yield f"examples: {example} chooses {', '.join(chosen) or 'none'}"
