"""The development questions beside the project, judged by the `score.py` that lies with them, so that its measures are exactly its own."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.parse import parse_text
from weijing.errors import InputError

if TYPE_CHECKING:
    from bot.processor import TurnProcessor

_FIGURE = re.compile(r"(?:^|\| )([a-z][a-z ,()-]*?) *(\d\.\d{4}) \((\d+)/(\d+)\)", re.MULTILINE)
_LIMIT_S = 60


@dataclass(frozen=True)
class Development:
    """What `score.py` printed, and its figures: name -> (share, hits, total)."""

    text: str
    figures: dict[str, tuple[float, int, int]]


async def development(processor: TurnProcessor, shared: Path) -> Development | None:
    """The score of a model, or None where the questions are absent."""
    questions, script = shared / "eval" / "police_questions_dev.jsonl", shared / "eval" / "score.py"
    if not questions.is_file() or not script.is_file():
        return None
    texts = [json.loads(line)["text"] for line in questions.read_text(encoding="utf-8").splitlines()]
    return _score(script, questions, [await parse_text(processor, text) for text in texts])


def _score(script: Path, questions: Path, parsed: Sequence[dict[str, Any]]) -> Development:
    with tempfile.TemporaryDirectory(prefix="weijing-evaluate-") as folder:
        answers = Path(folder) / "parsed.jsonl"
        answers.write_text("\n".join(json.dumps(one, ensure_ascii=False) for one in parsed) + "\n", encoding="utf-8")
        done = subprocess.run([sys.executable, str(script), str(questions), str(answers)], capture_output=True, text=True, timeout=_LIMIT_S, check=False)
    if done.returncode:
        raise InputError(f"{script} failed: {done.stderr.strip().splitlines()[-1:]}")
    return Development(done.stdout, read_figures(done.stdout))


def read_figures(text: str) -> dict[str, tuple[float, int, int]]:
    """The shares in what `score.py` prints."""
    return {name.strip(): (float(share), int(hits), int(total)) for name, share, hits, total in _FIGURE.findall(text)}
