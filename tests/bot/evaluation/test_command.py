from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.evaluation.command import TESTS, main
from bot.evaluation.comparison import compare
from bot.evaluation.development import development, read_figures
from bot.evaluation.evaluation import Evaluation
from bot.evaluation.floors import read_floors
from bot.evaluation.outcome import Outcome, ask
from bot.evaluation.page import DEVELOPMENT, render
from bot.evaluation.questions import FLOORS, read_questions
from tests.e2e.browser import open_browser
from weijing.errors import InputError

if TYPE_CHECKING:
    from bot.processor import TurnProcessor


@pytest.fixture(scope="module")
def asked() -> dict[str, list[Outcome]]:
    """Answers, kept for the whole module."""
    return {}


async def outcomes_of(processor: TurnProcessor, asked: dict[str, list[Outcome]]) -> list[Outcome]:
    """The held-out messages, asked once."""
    asked["all"] = asked.get("all") or await ask(processor, read_questions(TESTS))
    return asked["all"]


async def test_the_model_of_today_is_above_the_floors(processor: TurnProcessor, asked: dict[str, list[Outcome]]) -> None:
    found = Evaluation("model", await outcomes_of(processor, asked), read_floors(TESTS))
    assert found.floors and found.broken == []


async def test_the_page_is_whole_and_fits_a_phone(processor: TurnProcessor, asked: dict[str, list[Outcome]], tmp_path: Path) -> None:
    outcomes = await outcomes_of(processor, asked)
    before = {one.question.text: "greet" for one in outcomes[:50]}
    page = render(Evaluation("model", outcomes, {"accuracy": 1.0}, comparison=compare("old <b>", before, outcomes)))
    assert page.count("<svg") == 3 and "不能发布" in page and "old &lt;b&gt;" in page and "http" not in page.replace("http://www.w3.org", "")
    file = tmp_path / "page.html"
    file.write_text(page, encoding="utf-8")
    async with open_browser() as browser:
        for width in (390, 1440):
            for scheme in ("light", "dark"):
                shown = await browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
                await shown.goto(file.as_uri())
                assert await shown.evaluate("document.documentElement.scrollWidth") <= width
                colours = await shown.evaluate("[getComputedStyle(document.body).color, getComputedStyle(document.querySelector('svg text')).fill]")
                assert colours[0] == colours[1], "the pictures take the ink of the page"
                await shown.close()


def test_the_command_writes_both_files_and_fails_below_a_floor(model_path: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "questions", tmp_path / "results"
    folder.mkdir()
    shutil.copy(TESTS / "handoff.yml", folder)
    (folder / "wrong.yml").write_text('- {text: "身份证丢了怎么补办", intent: greet}\n', encoding="utf-8")  # so that no model reaches the floor
    words = ["--model", str(model_path), "--questions", str(folder), "--out", str(out)]
    assert main(words) == 0
    written = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert written["model"] == model_path.name and len(written["messages"]) == len(read_questions(folder))
    (folder / FLOORS).write_text("accuracy: 1.0\n", encoding="utf-8")
    assert main([*words, "--previous", str(out / "evaluation.json")]) == 1
    again = json.loads((out / "evaluation.json").read_text(encoding="utf-8"))
    assert again["broken_floors"] and again["comparison"]["better"] == again["comparison"]["worse"] == []
    assert again["comparison"]["name"] == model_path.name


@pytest.mark.parametrize("text", ["no json", "[]", "{}"])
def test_results_that_are_none_are_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "evaluation.json").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="earlier"):
        main(["--previous", str(tmp_path / "evaluation.json")])


async def test_the_development_questions_are_scored_by_their_own_script(processor: TurnProcessor, shared: Path) -> None:
    found = await development(processor, shared)
    assert found and set(found.figures) == set(DEVELOPMENT)
    assert await development(processor, shared / "absent") is None


def test_figures_are_read_from_what_the_script_prints() -> None:
    text = "routed right (in domain)    0.9509 (271/285) macro 0.9140\nanswered, of those right    0.9891 (182/184) | clarified 0.2877 (82/285)\n"
    assert read_figures(text) == {
        "routed right (in domain)": (0.9509, 271, 285), "answered, of those right": (0.9891, 182, 184), "clarified": (0.2877, 82, 285),
    }  # fmt: skip
