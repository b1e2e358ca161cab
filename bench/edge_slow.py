"""A handler of 7 s under WeChat's 5 s: what the user sees, and what everybody else does."""

from __future__ import annotations

import asyncio

from bench.edge_pushes import text_xml
from bench.edge_sides import Platform, Side
from bench.edge_visit import Visit, user, words_of
from bench.peers.account import SLOW, SLOW_S
from bench.wire import Exchange

PATIENCE_S = 3 * SLOW_S
"""A server that does one thing at a time has then finished the three runs of the handler, and ours has sent what it could not reply."""


async def slow_cases(side: Side, platform: Platform) -> dict[str, bool]:
    """Case -> whether it is right. The last one is an account that may send nothing unasked; only ours can be told so."""
    openid, words = user(), f"{SLOW}点好"
    visit = Visit(side, platform)
    unverified = Visit(side, platform, verified=False) if side.unverified_port != side.port else visit
    requests, neighbour, within = await asyncio.gather(_requests(visit, openid, words), _neighbour(visit), _within_three(unverified, visit))
    answers = [words_of(one, openid) for one in requests] + [text for user, text in platform.texts if user == openid]
    cases = {
        "slow: every request is answered within 5 s": all(one.status for one in requests),
        "slow: the handler runs once": await visit.runs(openid, 2) == 1,
        "slow: the user gets the answer, once": answers.count(words) == 1,
        "slow: nobody else waits for it": neighbour,
        "slow, no right to send: the answer comes within the three requests": words in answers if within is None else within,
    }
    await visit.close()
    await unverified.close()
    return cases


async def _requests(visit: Visit, openid: str, words: str) -> list[Exchange]:
    """What WeChat's requests brought; the platform's messages have had their time then."""
    _, requests = await asyncio.gather(asyncio.sleep(PATIENCE_S), visit.push_as_wechat(text_xml(openid, words)))
    return requests


async def _within_three(unverified: Visit, visit: Visit) -> bool | None:
    if unverified is visit:
        return None
    openid, words = user(), f"{SLOW}点也好"
    return any(words_of(one, openid) == words for one in await unverified.push_as_wechat(text_xml(openid, words)))


async def _neighbour(visit: Visit) -> bool:
    openid = user()
    await asyncio.sleep(1.0)
    answer = await visit.push(text_xml(openid, "我也在"))
    return answer.seconds < 1 and words_of(answer, openid) == "我也在"
