"""What a server gets right in a moment: repeats, replies, keys and signatures, hostile bodies. Every case has users of its own."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable

from bench.edge_hostile import hostile_bodies
from bench.edge_pushes import Sealing, event_xml, seal, text_xml
from bench.edge_sides import ACCOUNT
from bench.edge_visit import Visit, user, words_of
from channels.simulator.envelope import Envelope
from weijing.settings import Settings


async def retry_after_the_answer(visit: Visit) -> bool:
    """The same push once more: the same answer, the handler ran once."""
    openid, xml = (name := user()), text_xml(name, "再来一次")
    answers = [words_of(await visit.push(xml), openid) for _ in range(2)]
    return answers == ["再来一次"] * 2 and await visit.runs(openid, 2) == 1


async def retries_at_once(visit: Visit) -> bool:
    """Three requests of one push at the same time: the handler ran once, all are answered."""
    openid = user()
    xml = text_xml(openid, "同时三次")
    answers = await asyncio.gather(*(visit.push(xml) for _ in range(3)))
    return all(words_of(answer, openid) == "同时三次" for answer in answers) and await visit.runs(openid, 2) == 1


async def two_users_one_msgid(visit: Visit) -> bool:
    """MsgId is not unique across users: both are answered."""
    first, second, number = user(), user(), secrets.randbelow(10**17)
    answers = [words_of(await visit.push(text_xml(openid, openid, number)), openid) for openid in (first, second)]
    return answers == [first, second] and await visit.runs(first) == await visit.runs(second) == 1


async def two_events_in_a_second(visit: Visit) -> bool:
    """Several events of one user share a second: all are handled."""
    openid, now = user(), int(time.time())
    for key in ("query_progress", "ask_guide"):
        await visit.push(event_xml(openid, key, now))
    return await visit.runs(openid, 2) == 2


async def retried_event(visit: Visit) -> bool:
    """An event has no MsgId; its repeat is still one event."""
    openid = user()
    xml = event_xml(openid, "query_progress")
    for _ in range(2):
        await visit.push(xml)
    return await visit.runs(openid, 2) == 1


async def reply_injection(visit: Visit) -> bool:
    """Words that close the CDATA stay words."""
    openid, text = user(), "x]]></Content><MsgType><![CDATA[news]]></MsgType><Content><![CDATA[y"
    return words_of(await visit.push(text_xml(openid, text)), openid) == text


async def reply_cdata_end(visit: Visit) -> bool:
    """`]]>` in a reply keeps it well-formed."""
    openid = user()
    return words_of(await visit.push(text_xml(openid, "a]]>b")), openid) == "a]]>b"


async def reply_too_long(visit: Visit) -> bool:
    """A text of more than 2048 bytes is no reply for WeChat."""
    openid = user()
    words = words_of(await visit.push(text_xml(openid, "长" * 1500)), openid)
    return bool(words) and words is not None and words.startswith("长" * 600)


async def previous_key(visit: Visit) -> bool:
    """After a rotation WeChat may still use the key before; the reply must use the same."""
    openid, key = user(), ACCOUNT["wechat_aes_key_previous"]
    before = Envelope(Settings(weijing_env="test", **{**ACCOUNT, "wechat_aes_key": key, "wechat_aes_key_previous": ""}))  # type: ignore[arg-type]
    return words_of(await visit.push(text_xml(openid, "旧钥匙"), Sealing(key=key)), openid, before) == "旧钥匙"


async def another_account(visit: Visit) -> bool:
    """A push sealed for another AppID is refused and not handled."""
    openid = user()
    answer = await visit.push(text_xml(openid, "别家的"), Sealing(app_id="wx0000000000000000"))
    return 400 <= answer.status < 500 and await visit.runs(openid) == 0


async def forged(visit: Visit) -> bool:
    """A wrong msg_signature is refused although `signature` is right: that one does not cover the body."""
    openid = user()
    answer = await visit.push(text_xml(openid, "伪造"), Sealing(query={"msg_signature": "0" * 40}))
    return 400 <= answer.status < 500 and await visit.runs(openid) == 0


async def only_msg_signature(visit: Visit) -> bool:
    """In safe mode `msg_signature` counts and `signature` must not be used (消息加解密说明)."""
    openid = user()
    return words_of(await visit.push(text_xml(openid, "只看密文签名"), Sealing(query={"signature": ""})), openid) == "只看密文签名"


async def downgrade(visit: Visit) -> bool:
    """A plain body is refused in safe mode: its signature covers no body."""
    openid = user()
    query, _ = seal(b"", Sealing())
    answer = await visit.post({name: query[name] for name in ("signature", "timestamp", "nonce")}, text_xml(openid, "明文").encode())
    return 0 < answer.status < 500 and await visit.runs(openid) == 0


Case = Callable[[Visit], Awaitable[bool]]
QUICK: dict[str, list[Case]] = {
    "repeats": [retry_after_the_answer, retries_at_once, two_users_one_msgid, two_events_in_a_second, retried_event],
    "replies": [reply_injection, reply_cdata_end, reply_too_long],
    "keys and signatures": [previous_key, another_account, forged, only_msg_signature, downgrade],
}


async def quick_cases(visit: Visit) -> dict[str, dict[str, bool]]:
    """Group -> case -> whether it is right."""
    groups: dict[str, dict[str, bool]] = {}
    for group, cases in QUICK.items():
        groups[group] = {case.__name__.replace("_", " "): await case(visit) for case in cases}
    groups["hostile bodies"] = {name: await _survives(visit, *hostile) for name, hostile in hostile_bodies().items()}
    return groups


async def _survives(visit: Visit, query: dict[str, str], body: bytes, secret: bytes) -> bool:
    """No 5xx, no cut connection, no echo; and the next good push is answered within a second."""
    answer, openid = await visit.post(query, body), user()
    good = await visit.push(text_xml(openid, "还在吗"))
    return 0 < answer.status < 500 and secret not in answer.body and words_of(good, openid) == "还在吗" and good.seconds < 1
