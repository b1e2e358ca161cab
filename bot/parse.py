"""`weijing parse`: what the bot understands of each line on standard input, one JSON object a line.

The workbench, the benchmarks and the tests use the same `parse_text`.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot import lean, patches
from weijing.errors import InputError
from weijing.settings import load_settings

if TYPE_CHECKING:
    from bot.processor import TurnProcessor

Parsed = dict[str, Any]


def main(argv: list[str]) -> int:
    """Parse standard input to standard output."""
    options = argparse.ArgumentParser("weijing parse", description=__doc__)
    options.add_argument("--jsonl", action="store_true", help="each line is a JSON object with `text`")
    options.add_argument("--model", type=Path, help="a model file or a folder of models (default: BOT_MODEL)")
    options.add_argument("--input", type=argparse.FileType(encoding="utf-8"), default=sys.stdin, help="read a file (default: standard input)")
    options.add_argument("--output", type=argparse.FileType("w", encoding="utf-8"), default=sys.stdout, help="write a file (default: standard output)")
    options.add_argument("--explain", action="store_true", help="also why: tokens, scores, service items, the decider's rule")
    chosen = options.parse_args(argv)
    processor = load_model(chosen.model or load_settings().bot_model)
    for text in read_texts(chosen.input, jsonl=chosen.jsonl):
        print(json.dumps(asyncio.run(_told(processor, text, explained=chosen.explain)), ensure_ascii=False), flush=True, file=chosen.output)
    return 0


async def _told(processor: TurnProcessor, text: str, *, explained: bool) -> Parsed:
    parsed = await parse_text(processor, text)
    if explained:
        from bot.explain import explain

        parsed["why"] = await explain(processor, text)
    return parsed


def load_model(model: Path) -> TurnProcessor:
    """The newest model of a folder, or a model file, ready to parse.

    Raises:
        SettingsError: there is none, or it cannot be read.
    """
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    from bot.quiet import quiet_rasa

    quiet_rasa()
    lean.install()
    patches.apply()
    from rasa.utils.endpoints import EndpointConfig

    from bot.processor import load_processor

    return load_processor(model, EndpointConfig())


async def parse_text(processor: TurnProcessor, text: str) -> Parsed:
    """What the bot understands of a text.

    Returns:
        `text normalized intent {name, confidence} ranking entities service_item {id, category, confidence} aspect decision`; the intent is what was
        understood, also where the decision is to ask or to give up.
    """
    found = await processor.parse(text)
    ranking = found.get("candidates") or []
    top = ranking[0] if ranking else {"intent": found["intent"]["name"], "confidence": found["intent"]["confidence"]}
    entities = [{name: one[name] for name in ("entity", "value", "start", "end", "iso", "code", "level") if name in one} for one in found.get("entities", [])]
    return {
        "text": text,
        "normalized": found.get("normalized", text),
        "intent": {"name": top["intent"], "confidence": round(top["confidence"], 4)},
        "ranking": [{**one, "confidence": round(one["confidence"], 4)} for one in ranking],
        "entities": entities,
        "service_item": _service_item(top),
        "aspect": next((one["value"] for one in entities if one["entity"] == "aspect"), None),
        "decision": found.get("decision", "answer"),
    }


def _service_item(top: dict[str, Any]) -> dict[str, Any] | None:
    if "service_item" not in top:
        return None
    return {"id": top["service_item"], "category": top["category"], "confidence": round(top["confidence"], 4)}


def read_texts(lines: Iterable[str], *, jsonl: bool) -> Iterator[str]:
    """The message of each line.

    Raises:
        InputError: a line is no JSON object with a `text`.
    """
    for number, line in enumerate(lines, start=1):
        bare = line.rstrip("\r\n")
        yield _text_of(bare, number) if jsonl else bare


def _text_of(line: str, number: int) -> str:
    try:
        row = json.loads(line)
    except ValueError:
        raise InputError(f"line {number} is not JSON") from None
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise InputError(f"line {number} has no text")
    return str(row["text"])
