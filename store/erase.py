"""Forgetting: who stops following is erased here at once, and in PostgreSQL by the projector.

开发者收到用户取消关注事件时需要删除该用户的所有信息 (接收事件推送 · 关注/取消关注事件). A turn that is under way when it happens is refused at its commit, for
the tracker no longer has the length it started from.
"""

from __future__ import annotations

from store.dead_letters import DeadLetters
from store.keys import key, partition
from store.message import Message
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import KEEP_S, dumps, now_ms

KEPT = ("user", "tracker", "held", "vault", "quota", "consent")
"""What Redis holds of a user by openid. Replies that were delivered are found by their message alone, and are gone within the hour."""


async def erase_user(redis: Redis, message: Message) -> bool:
    """Erase all that is kept of the sender of an `unsubscribe`; False for a repeat of the push. Emits the event `unsubscribe`.

    Raises:
        StoreUnavailable: Redis did not answer.
    """
    try:
        held = await redis.lrange(key(partition(message.openid), "held", message.openid), 0, -1)
    except FAULTS as error:
        raise unavailable(error) from error
    await DeadLetters(redis).forget(message.openid)
    return await _run(redis, message, "unsubscribe", KEPT, held)


async def revoke_profile(redis: Redis, message: Message) -> bool:
    """The user took back the authorisation of profile data (`user_authorization_revoke`). Redis holds none: emits the event `authorization_revoke`.

    Raises:
        StoreUnavailable: Redis did not answer.
    """
    return await _run(redis, message, "authorization_revoke", (), [])


async def _run(redis: Redis, message: Message, kind: str, nouns: tuple[str, ...], held: list[str]) -> bool:
    part, openid = partition(message.openid), message.openid
    event = dumps({"type": kind, "key": message.key, "openid": message.data.get("openid", openid), "at": now_ms()})
    kept = [key(part, noun, openid) for noun in nouns]
    keys = [key(part, "turn", message.key), key(part, "events"), *kept, *(key(part, "turn", name) for name in held)]
    return bool(await Scripts(redis).run("erase", keys, [event, KEEP_S, 3 + len(kept)]))
