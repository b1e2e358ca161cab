"""Pictures that an H5 page sends: the question leads to the page, and each picture counts, in a report and after it."""

from __future__ import annotations

import pytest

from tests.actions.talk import Talk
from tests.actions.test_report_evidence import claims, file_report, tell
from weijing.settings import load_settings

TWO = "E-1111222233334444 E-aaaabbbbccccdddd"


async def test_the_question_leads_to_the_page_and_its_pictures_are_counted(talk: Talk) -> None:
    await tell(talk)
    assert talk.slot("requested_slot") == "report_evidence"
    bubbles = await talk.bubbles("帮助", "help")
    assert f'<a href="{load_settings().public_base}/h5/upload">一次传几张图片</a>' in bubbles[-1]["text"]
    assert bubbles[-1]["buttons"] == [{"title": "没有", "payload": "没有"}]
    assert "共 2 份" in await talk.send("add_evidence", media=TWO)
    assert [item["ref"] for item in talk.slot("report_evidence")] == TWO.split()
    assert claims(talk) == [(one, "", 30) for one in TWO.split()]


async def test_pictures_sent_after_filing_are_offered_to_that_report(talk: Talk) -> None:
    number = await file_report(talk)
    assert number in await talk.send("add_evidence", media=TWO)
    await talk.say("是的", "affirm")
    assert claims(talk) == [(one, number, 0) for one in TWO.split()]


async def test_without_an_address_for_phones_the_question_stands_alone(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.pages.load_settings", lambda: load_settings().copy(update={"weijing_env": "production", "public_url": ""}))
    await tell(talk)
    bubbles = await talk.bubbles("帮助", "help")
    assert "<a" not in bubbles[-1]["text"] and bubbles[-1]["buttons"] == [{"title": "没有", "payload": "没有"}]
