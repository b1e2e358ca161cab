"""Filings: told in pieces or in one breath, corrected, left, sent to the real backend, supplemented and erased."""

from __future__ import annotations

import re

from tests.actions.talk import Talk

CARD = "11010519491231002X"
PHONE = "13812345678"


async def tell_residence(talk: Talk) -> str:
    """Everything up to the summary, in eight messages."""
    await talk.say("我要办居住登记", "file_residence")
    reply = ""
    for words in (f"李小明 {CARD} {PHONE}", "浦东新区花木街道芳华路12号3栋201室", "租的", "不知道", "昨天", "打工", "没有", "没有"):
        reply = await talk.say(words, "nlu_fallback")
    return reply


async def test_play(talk: Talk) -> None:
    print(await talk.say("我要办居住登记", "file_residence"))
    for words in (f"李小明 {CARD} {PHONE}", "浦东新区花木街道芳华路12号3栋201室", "租的", "不知道", "昨天", "打工", "没有", "没有", "第5项改成单位宿舍", "确认"):
        print(">", words)
        print(await talk.say(words, "nlu_fallback"))
        print("   ", talk.slot("filing_answers"))
