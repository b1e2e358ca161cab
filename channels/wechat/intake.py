"""Takes in what one message brought: from the platform into the table of evidence, or a plain word to the user why not."""

from __future__ import annotations

import logging

from channels.wechat.media import PlatformMedia
from store.evidence import Evidence, EvidenceStore, evidence_id
from store.message import Message
from store.redis import Redis
from store.turns import Turns, now_ms
from weijing.errors import EvidenceRefused, PlatformError
from weijing.media_type import LIMITS

log = logging.getLogger(__name__)

EXPIRY_MS = 3 * 86_400_000
"""The platform keeps what users sent for three days (新增临时素材)."""
WORDS = {"image": "图片", "voice": "语音", "video": "视频"}
WHY = {
    "too_large": "太大，没能保存（上限 {limit} MB）。请压缩或剪短后再发一次",
    "wrong_type": "的格式打不开，没能保存。请换一种格式，或截图后再发一次",
    "empty": "是空的，没能保存。请再发一次",
    "expired": "没能从微信取到。请再发一次",
    "not_offered": "没能从微信取到。请改发图片或视频",
}
TOLD = "您发的{kind}{why}；原件请保留好。"
"""What the user is told when a file cannot be kept: never silence, for he believes that we have it."""


class Intake:
    """Fetches and keeps.

    Args:
        media: where files come from.
        store: where they go.
    """

    def __init__(self, redis: Redis, store: EvidenceStore, media: PlatformMedia) -> None:
        self._turns, self._store, self._media = Turns(redis), store, media

    async def take(self, message: Message) -> str:
        """Fetch and keep what a message brought; returns the state: `kept`, `refused` or `expired`.

        Raises:
            PlatformError: try again.
            StoreUnavailable: try again.
        """
        item = Evidence(evidence_id(message.key), message.openid, message.key, message.kind, message.channel, received_at=message.at)
        state = await self._store.want(item)
        if state != "wanted":
            return state
        try:
            await self._store.keep(item, await self._download(message))
        except EvidenceRefused as error:
            return await self._give_up(item, error)
        return "kept"

    async def _download(self, message: Message) -> bytes:
        media_id = message.data.get("media_id", "")
        if not media_id:
            raise EvidenceRefused("the push named no media id", "not_offered")
        try:
            return await self._media.fetch(media_id, LIMITS[message.kind])
        except PlatformError as error:
            if now_ms() - message.at > EXPIRY_MS:
                raise EvidenceRefused("the platform gave it in none of three days", "expired") from error
            raise

    async def _give_up(self, item: Evidence, error: EvidenceRefused) -> str:
        """Tell the user, then note it: in this order, lest a crash leaves him believing that we have it."""
        log.warning("%s is not kept: %s", item.id, error.message)
        why = WHY[error.reason].format(limit=LIMITS[item.kind] // 1024**2)
        await self._turns.post(item.openid, f"evidence:{item.id}", [{"text": TOLD.format(kind=WORDS[item.kind], why=why)}], kind="evidence")
        state = "expired" if error.reason == "expired" else "refused"
        await self._store.set_aside(item.id, state, error.reason)
        return state
