"""`weijing validate`: domain, rules, stories, training data, service items, filings and the articles they cite; exit code 1 if anything is wrong."""

from __future__ import annotations

import argparse
import json
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from bot import lean
from weijing.english_cards import english_faults
from weijing.errors import ServiceItemError
from weijing.filing_faults import filing_faults
from weijing.law_texts import has_law_texts, load_law_texts, unknown_articles
from weijing.service_items import load_service_items
from weijing.settings import ROOT, load_settings
from weijing.workdays import SHANGHAI


def main(argv: list[str]) -> int:
    """Check the project and say what is wrong, one line each."""
    options = argparse.ArgumentParser("weijing validate", description=__doc__)
    options.add_argument("--root", "--project", type=Path, default=ROOT, help="folder with domain.yml, config.yml and data/")
    options.add_argument("--json", action="store_true", help="print one JSON list of {check, fault} and nothing else")
    chosen = options.parse_args(argv)
    named = list(find_named_faults(chosen.root.resolve()))
    if chosen.json:
        print(json.dumps([{"check": check, "fault": fault} for check, fault in named], ensure_ascii=False))
        return 1 if named else 0
    faults = [fault for _, fault in named]
    shared = load_settings().shared
    if not has_law_texts(shared):
        print(f"cited articles were not looked up: no law texts in {shared} (WEIJING_SHARED)")
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(faults)} faults" if faults else "valid")
    return 1 if faults else 0


def find_faults(root: Path) -> Iterator[str]:
    """Every fault of a project, one sentence each."""
    yield from (fault for _, fault in find_named_faults(root))


def find_named_faults(root: Path) -> Iterator[tuple[str, str]]:
    """(the check's name, a sentence) for every fault of a project."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    from bot.quiet import quiet_rasa

    quiet_rasa()
    lean.install()
    from rasa.shared.importers.importer import TrainingDataImporter

    from bot.data_check.faults import named_faults
    from bot.nlu.jieba_tokenizer import make_tokenizer, read_dictionary

    importer = TrainingDataImporter.load_from_config(str(root / "config.yml"), str(root / "domain.yml"), [str(root / "data")])
    shared = load_settings().shared
    yield from (("items", fault) for fault in item_faults(root, shared))
    with suppress(ServiceItemError):  # named above
        known = [item.id for item in load_service_items(root / "data" / "service_items")]
        yield from (("filings", fault) for fault in filing_faults(root / "data" / "filings", known, datetime.now(SHANGHAI).date(), shared))
    yield from (("rasa", fault) for fault in _rasa(importer))
    yield from named_faults(root, _intents(importer), make_tokenizer(read_dictionary(root / "data" / "dict")))


def _intents(importer: Any) -> list[str]:
    from rasa.shared.core.constants import DEFAULT_INTENTS

    return [intent for intent in importer.get_domain().intents if intent not in DEFAULT_INTENTS]


def item_faults(root: Path, shared: Path) -> Iterator[str]:
    """The first fault of the records; of sound ones what their English cards say otherwise, and citations that the law texts under `shared` lack."""
    try:
        items = load_service_items(root / "data" / "service_items")
    except ServiceItemError as error:
        yield f"service items: {error.message}"
        return
    if root == ROOT:
        yield from english_faults(items)
    if has_law_texts(shared):
        yield from (f"service items: {fault}" for fault in unknown_articles(items, load_law_texts(shared)))


def _rasa(importer: Any) -> Iterator[str]:
    """Rasa's own checks; each that fails gives the warnings it raised."""
    from rasa.validator import Validator

    validator = Validator.from_importer(importer)
    checks = (
        validator.verify_domain_validity, validator.verify_actions_in_stories_rules, validator.verify_forms_in_stories_rules, validator.verify_form_slots,
        validator.verify_slot_mappings, validator.verify_intents_in_stories, validator.verify_story_structure,
    )  # fmt: skip
    strict = {"ignore_warnings": False}
    for check in checks:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            good = check(**strict) if check.__name__ in {"verify_intents_in_stories", "verify_story_structure"} else check()
        if not good:
            reasons = [str(one.message).strip() for one in said if issubclass(one.category, UserWarning)]
            yield from reasons or [f"Rasa: {check.__name__} failed"]
