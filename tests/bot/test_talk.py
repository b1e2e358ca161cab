"""A model is tried out: it answers with its trace, keeps talks apart, and the service API is only read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from actions.client import OnlyReading, backend
from tests.bot.small_model import train_small
from weijing.errors import BackendUnavailable
from weijing.settings import ROOT, load_settings


def test_two_talks_with_one_child(tmp_path: Path) -> None:
    model = train_small(tmp_path, "bot.policies.IndexedRulePolicy")
    said = [("举报", "a"), ("谢谢", "b"), ("取消", "a"), ("取消", "b")]
    lines = "".join(json.dumps({"text": text, "talk": talk}, ensure_ascii=False) + "\n" for text, talk in said)
    command = [sys.executable, "-m", "weijing", "talk", "--model", str(model)]
    done = subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, text=True, timeout=200, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["bubbles"][0]["text"] for answer in answers][:2] == ["什么事？", "不客气"], done.stderr[-2000:]
    assert "已取消" in answers[2]["bubbles"][0]["text"] and answers[3]["bubbles"][0]["text"] == "没有什么要取消的"
    assert answers[0]["intent"] == "file_report" and answers[0]["form"] == "report_form" and "report_form" in answers[0]["actions"]
    assert answers[2]["form"] is None


async def test_what_would_change_something_is_not_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "BACKEND_READ_ONLY", "true")
    monkeypatch.setitem(os.environ, "BACKEND_URL", "http://127.0.0.1:9")
    load_settings.cache_clear()
    try:
        client = backend()
        assert isinstance(client, OnlyReading)
        with pytest.raises(BackendUnavailable, match="nothing is changed"):
            await client.deliver("POST", "/v1/reports", {}, "key")
        with pytest.raises(BackendUnavailable, match="ClientConnect"):
            await client.service_items()
        await client.close()
    finally:
        load_settings.cache_clear()
