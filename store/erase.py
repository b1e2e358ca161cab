"""Forgetting: who stops following is erased here at once; his worker, the projector and the courier are told what lies with them.

开发者收到用户取消关注事件时需要删除该用户的所有信息 (接收事件推送 · 关注/取消关注事件); 个人信息保护法 art. 47. What stays, and why, is in docs/operations.md.
A turn that is under way is refused at its commit, for its inbox entry is gone.
"""

from __future__ import annotations

from store.keys import key, partition
from store.message import Message
from store.redis import FAULTS, Redis, unavailable
from store.scripts import Scripts
from store.turns import KEEP_S, dumps, now_ms
from weijing.privacy import mask_for_log

GONE = "unsubscribe"
"""The event of a message by which a worker hears that a user is gone; it forgets what it holds in memory."""
KEPT = ("replies", "held", "user", "tracker", "vault", "quota", "consent", "webchat", "open")
"""What Redis holds of a user by openid. `left:<openid>` stays: it keeps what is under way in a web chat from coming back."""
_SHARED = ("events", "inbox", "dead", "events:bad", "attempts", "due", "front", "deferred")


async def erase_user(redis: Redis, message: Message) -> bool:
    """Erase all that is kept of the sender of an `unsubscribe`; False for a repeat of the push. Emits the event `unsubscribe`.

    A cry for help that no turn has answered yet is not erased with him: staff get it (art. 13, to protect life in an emergency).

    Raises:
        StoreUnavailable: Redis did not answer.
    """
    part, openid = partition(message.openid), message.openid
    event = dumps({"type": "unsubscribe", "key": message.key, "openid": openid, "at": now_ms()})
    told = Message(message.key, openid, message.channel, "event", event=GONE, at=now_ms()).dumps()
    keys = [key(part, "turn", message.key), *(key(part, noun) for noun in _SHARED), *(key(part, noun, openid) for noun in KEPT)]
    arguments = [event, KEEP_S, openid, key(part, "turn") + ":", told, dumps(await _emergencies(redis, part, openid)), dumps(openid)]
    return bool(await Scripts(redis).run("erase", keys, arguments))


async def revoke_profile(redis: Redis, message: Message) -> bool:
    """The user took back the authorisation of profile data (`user_authorization_revoke`). Redis holds none: emits the event `authorization_revoke`.

    Raises:
        StoreUnavailable: Redis did not answer.
    """
    part, openid = partition(message.openid), message.data.get("openid", message.openid)
    event = dumps({"type": "authorization_revoke", "key": message.key, "openid": openid, "at": now_ms()})
    return bool(await Scripts(redis).run("revoke", [key(part, "turn", message.key), key(part, "events")], [event, KEEP_S]))


async def _emergencies(redis: Redis, part: int, openid: str) -> dict[str, str]:
    """Inbox entry -> event of a turn that hands its words to staff, as the bot would have done."""
    try:
        waiting = [(entry, Message.loads(fields["m"])) for entry, fields in await redis.xrange(key(part, "inbox"))]
    except FAULTS as error:
        raise unavailable(error) from error
    return {entry: dumps(_handed_over(message)) for entry, message in waiting if message.openid == openid and message.emergency}


def _handed_over(message: Message) -> dict[str, object]:
    unknown = dict.fromkeys(("confidence", "service_item", "aspect", "model", "data", "ms", "error"))
    return {
        "type": "turn", "key": message.key, "openid": message.openid, "channel": message.channel, "kind": message.kind, "text": mask_for_log(message.text),
        "intent": "emergency", "decision": "handoff", "handoff": {"reason": "emergency", "urgency": "urgent"}, "paused": True, "at": message.at, **unknown,
    }  # fmt: skip
