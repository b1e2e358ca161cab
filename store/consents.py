"""Which subscription notices a user has accepted or refused, as the platform's pushes and answers tell (订阅通知 · 事件推送).

    wj:{p}:consent:<openid>   hash: template id -> accept | reject
"""

from __future__ import annotations

from store.keys import key, partition
from store.message import Message
from store.redis import FAULTS, Redis, unavailable


async def note_consents(redis: Redis, message: Message) -> bool:
    """Note what a `subscribe_msg_…` push tells: `message.data` is template id -> `accept` or `reject`. A repeat notes the same again.

    Raises:
        StoreUnavailable: Redis did not answer.
    """
    try:
        pipe = redis.pipeline(transaction=True)
        for template, answer in message.data.items():
            pipe.hset(_name(message.openid), template, answer)
        await pipe.execute()
    except FAULTS as error:
        raise unavailable(error) from error
    return True


async def accepts(redis: Redis, openid: str, template: str) -> bool:
    """Whether the user has accepted this notice and not refused it since.

    Raises:
        StoreUnavailable: Redis did not answer.
    """
    try:
        return bool(await redis.hget(_name(openid), template) == "accept")
    except FAULTS as error:
        raise unavailable(error) from error


def _name(openid: str) -> str:
    return key(partition(openid), "consent", openid)
