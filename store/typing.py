"""「正在输入」: whoever of the staff writes says so here, and the sender, which alone speaks to the platform, shows it."""

from __future__ import annotations

from store.keys import TYPING
from store.redis import FAULTS, Redis, unavailable


async def show_typing(redis: Redis, openid: str) -> None:
    """Tell the senders; nobody listens, nothing is shown.

    Raises:
        StoreUnavailable: Redis did not answer.
    """
    try:
        await redis.publish(TYPING, openid)
    except FAULTS as error:
        raise unavailable(error) from error
