"""Kept calls are delivered once when the backend is back, and the user is told."""

from __future__ import annotations

import json
import re

import pytest
from cryptography.fernet import Fernet

from actions.client import backend as api
from actions.courier import Courier
from backend.demo import DEMO
from store.context import TurnContext
from store.erase import erase_user
from store.keys import PARTITIONS, key, partition
from store.message import Message
from store.redis import Redis
from tests.actions.conftest import BackendProcess
from weijing.errors import BackendUnavailable

OPENID = "o-courier"
PART = partition(OPENID)
REPORT = {"kind": "tip", "topic": "赌博", "mode": "anonymous"}


async def keep(redis: Redis, cipher: Fernet, content: str, idempotency_key: str) -> None:
    """What a turn commits when the backend is away."""
    context = TurnContext("m1", OPENID, cipher=cipher)
    context.defer("POST", "/v1/reports", {**REPORT, "content": content}, idempotency_key, "report")
    (call,) = context.deferred
    assert content not in call, "kept sealed"
    await redis.xadd(key(PART, "deferred"), {"c": call})


async def told(redis: Redis) -> list[str]:
    """The texts that wait for the user, oldest first."""
    due = await redis.zrange(key(PART, "due"), 0, -1)
    return [json.loads(await redis.hget(key(PART, "turn", message_key), "reply") or "[]")[0]["text"] for message_key in due]


async def test_a_kept_report_is_filed_once_and_its_number_told(redis: Redis, backend: BackendProcess) -> None:
    cipher = Fernet(Fernet.generate_key())
    courier = Courier(redis, cipher)
    await keep(redis, cipher, "示例路1号有人聚众赌博，每晚都有", "kept-key-1")
    backend.kill()
    with pytest.raises(BackendUnavailable):
        await courier.deliver_all(api())
    assert await redis.xlen(key(PART, "deferred")) == 1, "nothing is lost"
    backend.start()
    assert await courier.deliver_all(api()) == 1
    assert await courier.deliver_all(api()) == 0
    (text,) = await told(redis)
    assert "J20" in text and "None" not in text


async def test_a_call_delivered_twice_files_and_tells_once(redis: Redis, backend: BackendProcess) -> None:
    cipher = Fernet(Fernet.generate_key())
    for _ in range(2):  # the courier died after filing and before taking the call off its list
        await keep(redis, cipher, "示例路2号有人聚众赌博，每晚都有", "kept-key-2")
    assert await Courier(redis, cipher).deliver_all(api()) == 2
    assert len(await told(redis)) == 1


async def test_the_same_words_again_name_the_earlier_report(redis: Redis, backend: BackendProcess) -> None:
    cipher = Fernet(Fernet.generate_key())
    for number in (3, 4):
        context = TurnContext("m", OPENID, cipher=cipher)
        context.defer("POST", "/v1/reports", {**REPORT, "content": "示例路3号有人聚众赌博", "openid": OPENID}, f"kept-key-{number}", "report")
        await redis.xadd(key(PART, "deferred"), {"c": context.deferred[0]})
    await Courier(redis, cipher).deliver_all(api())
    first, second = await told(redis)
    assert "查询码" in first and "相同" in second and "None" not in first + second


async def test_a_call_that_the_backend_refuses_is_told_and_leaves_the_list(redis: Redis, backend: BackendProcess) -> None:
    cipher = Fernet(Fernet.generate_key())
    context = TurnContext("m", OPENID, cipher=cipher)
    context.defer("POST", "/v1/reports", {"kind": "nonsense"}, "kept-key-5", "report")
    await redis.xadd(key(PART, "deferred"), {"c": context.deferred[0]})
    await Courier(redis, cipher).deliver_all(api())
    (text,) = await told(redis)
    assert "没能登记" in text
    assert sum([await redis.xlen(key(part, "deferred")) for part in range(PARTITIONS)]) == 0


async def test_a_call_sealed_with_another_key_is_kept_and_holds_up_no_other(redis: Redis, backend: BackendProcess) -> None:
    cipher = Fernet(Fernet.generate_key())
    await keep(redis, Fernet(Fernet.generate_key()), "示例路9号有人聚众赌博", "kept-key-9")
    await keep(redis, cipher, "示例路10号有人聚众赌博", "kept-key-10")
    assert await Courier(redis, cipher).deliver_all(api()) == 1
    assert await redis.xlen(key(PART, "deferred")) == 1
    assert len(await told(redis)) == 1


async def test_a_kept_report_claims_its_files_under_its_number(redis: Redis, backend: BackendProcess) -> None:
    cipher = Fernet(Fernet.generate_key())
    context = TurnContext("m", OPENID, cipher=cipher)
    body = {**REPORT, "content": "示例路6号有人聚众赌博，每晚都有", "openid": OPENID, "evidence": [{"kind": "image", "ref": "E-0123456789abcdef"}]}
    context.defer("POST", "/v1/reports", body, "kept-key-6", "report")
    await redis.xadd(key(PART, "deferred"), {"c": context.deferred[0]})
    await Courier(redis, cipher).deliver_all(api())
    (number,) = re.findall(r"J\d{4}-\d{6}", (await told(redis))[0])
    assert await claimed(redis) == [("E-0123456789abcdef", number)]
    more = {"openid": OPENID, "evidence": [{"kind": "voice", "ref": "E-fedcba9876543210"}]}
    context.defer("POST", f"/v1/reports/{number}/evidence", more, "kept-7", "evidence")
    await redis.xadd(key(PART, "deferred"), {"c": context.deferred[1]})
    await Courier(redis, cipher).deliver_all(api())
    assert (await claimed(redis))[1:] == [("E-fedcba9876543210", number)]
    assert [text for text in await told(redis) if f"已加到 {number}，现在共 2 份" in text]
    context.defer("POST", f"/v1/reports/{number}/supplements", {"openid": OPENID, "text": "车是白色的"}, "kept-8", "supplement")
    await redis.xadd(key(PART, "deferred"), {"c": context.deferred[2]})
    await Courier(redis, cipher).deliver_all(api())
    assert [text for text in await told(redis) if text == f"您之前补充的内容已加到 {number}。"]


async def test_who_leaves_is_unbound_when_the_backend_is_back(redis: Redis, backend: BackendProcess) -> None:
    proofs = DEMO[0].proofs
    await api().bind_identity({"openid": OPENID, "name": DEMO[0].applicant, "id_number": proofs["id_number"], "phone": proofs["phone"]}, "bind-1")
    assert await bound()
    await erase_user(redis, Message("bye", OPENID, kind="event", event="unsubscribe"))
    courier = Courier(redis, Fernet(Fernet.generate_key()))
    backend.kill()
    with pytest.raises(BackendUnavailable):
        await courier.deliver_all(api())
    backend.start()
    assert await courier.deliver_all(api()) == 1
    assert await bound() is False
    assert await courier.deliver_all(api()) == 0 and await told(redis) == [], "nobody is told: nobody is there"


async def bound() -> bool:
    """Whether the openid is bound to a person."""
    return bool((await api()._call("GET", f"/v1/identities/{OPENID}"))["bound"])


async def claimed(redis: Redis) -> list[tuple[str, str]]:
    """(id, report_no) of the evidence in the projector's events."""
    events = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(PART, "events"))]
    return [(one["id"], one["report_no"]) for event in events for one in event.get("evidence", [])]
