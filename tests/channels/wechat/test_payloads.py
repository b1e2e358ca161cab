"""Every real push payload that SDKs and the official pages publish goes through the edge, plain and sealed."""

from __future__ import annotations

import asyncio
import csv
import logging
import time
from collections import Counter
from pathlib import Path

import pytest

from channels.wechat.push import read_push
from channels.wechat.signature import sign
from channels.wechat.xml import read
from tests.channels.conftest import Bot, StartEdge


def payloads(shared: Path) -> dict[str, tuple[str, bytes]]:
    """file -> (kind, bytes)"""
    folder = shared / "fixtures/wechat/messages"
    rows = csv.DictReader((folder / "INDEX.tsv").open(encoding="utf-8"), delimiter="\t", quoting=csv.QUOTE_NONE)
    return {row["file"]: (row["kind"], (folder / row["file"]).read_bytes()) for row in rows}


@pytest.mark.parametrize("mode", ["plain", "safe"])
async def test_every_payload_is_answered(start_edge: StartEdge, busy_bot: Bot, shared: Path, caplog: pytest.LogCaptureFixture, mode: str) -> None:
    edge = await start_edge(wechat_mode=mode)
    outcomes: Counter[int] = Counter()

    async def post(body: bytes) -> None:
        if mode == "safe":
            sealed = edge.envelope.seal(body.decode("utf-8", "replace"), "o", int(time.time()))
            status, text = await edge.post(sealed.query, sealed.body)
        else:
            stamp = str(int(time.time()))
            status, text = await edge.post({"timestamp": stamp, "nonce": "7", "signature": sign("tokenOfTheTest", stamp, "7")}, body)
        outcomes[status] += 1
        assert status != 200 or text == "success" or text.startswith("<xml>"), text[:80]

    files = payloads(shared)
    with caplog.at_level(logging.INFO):
        await asyncio.gather(*(post(body) for _, body in files.values()))
    assert len(files) >= 165
    assert set(outcomes) <= {200, 400}
    assert outcomes[200] == len(files), outcomes
    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.ERROR] == []


def test_each_kind_is_understood(shared: Path) -> None:
    seen: dict[str, set[tuple[str, str]]] = {}
    for kind, body in payloads(shared).values():
        push = read_push(read(body))
        seen.setdefault(kind, set()).add((push.deed, push.message.event if push.message.kind == "event" else push.message.kind))
    expected = {
        "text": {("turn", "text")}, "image": {("turn", "image")}, "voice": {("turn", "voice")}, "voice_recognition": {("turn", "voice")},
        "video": {("turn", "video")}, "shortvideo": {("turn", "video")}, "location": {("turn", "location")}, "link": {("turn", "link")},
        "event_subscribe": {("turn", "subscribe")}, "event_CLICK": {("turn", "click")}, "event_SCAN": {("turn", "scan")},
        "event_unsubscribe": {("unsubscribe", "unsubscribe")}, "event_user_authorization_revoke": {("revoke", "user_authorization_revoke")},
        "text_unsupported_placeholder": {("turn", "unknown")}, "compat_file": {("turn", "file")}, "text_bizmsgmenuid": {("turn", "text")},
        "event_VIEW": {("none", "view")}, "event_TEMPLATESENDJOBFINISH": {("note", "templatesendjobfinish")},
    }  # fmt: skip
    for kind, wanted in expected.items():
        assert seen[kind] == wanted, kind


def test_what_a_payload_carries(shared: Path) -> None:
    files = payloads(shared)

    def message(file: str) -> dict[str, str]:
        push = read_push(read(files[file][1]))
        return {"text": push.message.text, "contact": push.contact, **push.message.data}

    voice = next(file for file, (kind, _) in files.items() if kind == "voice_recognition")
    assert message(voice)["text"]
    location = next(file for file, (kind, _) in files.items() if kind == "location")
    assert {"lat", "lng", "label"} <= set(message(location))
    tapped = next(file for file, (kind, _) in files.items() if kind == "text_bizmsgmenuid")
    assert message(tapped)["contact"] == "tap"
    assert message(tapped)["menu_id"] == "101"
    assert message("compat_file__senparc_1.xml")["title"] == "test.zip"
