"""The feed of changes: each is posted to its subscriber once, and the outbox delivers it by message, by notice, or holds it.

The cursor moves only behind a post, and a post has the change's id and moment as its key: killed between the two, the next courier repeats the post, which
does nothing. A feed whose newest id lies below the cursor was begun anew (a backend's database rebuilt, or brought back from a backup): it is read from its
beginning, and what happened before the last change that was told is passed over.
"""

from __future__ import annotations

import asyncio
import logging

from actions.client import Backend, Json, backend
from actions.pages import RATED, rating_address
from actions.progress_follow import FINAL
from actions.report_reply import answer_button
from store.keys import CHANGES
from store.message import Bubble
from store.redis import FAULTS, Redis
from store.turns import Turns
from weijing.errors import BackendRefused, BackendUnavailable, StoreUnavailable

log = logging.getLogger(__name__)

PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0
CHANGED = "{item_name}（{number}）有新进展：{status_text}。\n· {step}\n下一步：{next_step}\n不想再收到，回复“别再通知我”。"
RATE = "\n办完了，欢迎评价：回复“评价”就行{page}。"
PAGE = '，或者<a href="{address}">点这里</a>'
ASKED = "\n办理人员想问您：{question}"


class Changes:
    """Follows the feed.

    Args:
        redis: the client; holds the id of the last change that was posted.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._turns = Turns(redis)
        self.healthy = True

    async def run(self) -> None:
        """Follow for ever; while the backend is away or has no feed, wait twice as long each time (at most five minutes)."""
        pause = PAUSE_S
        while True:
            try:
                await self.follow(backend())
                self.healthy, pause = True, PAUSE_S
            except (BackendUnavailable, BackendRefused, StoreUnavailable, *FAULTS) as error:
                self.healthy = isinstance(error, BackendRefused) and error.status == 404  # a bureau's backend without a feed
                pause = min(pause * 2, LONGEST_PAUSE_S)
                log.warning("changes wait: %s", error)
            await asyncio.sleep(pause)

    async def follow(self, api: Backend) -> int:
        """Post what is new; returns how many changes were dealt with.

        Raises:
            BackendUnavailable: the rest stays in the feed.
        """
        after, told, old = await self._cursor()
        dealt = 0
        while (feed := await api.changes(after))["changes"] or feed["newest"] < after:
            if feed["newest"] < after:
                log.warning("the backend's feed was begun anew: its newest change is %d, the last one told was %d", feed["newest"], after)
                after, old = 0, int(feed["newest"])
                continue
            for change in feed["changes"]:
                after = int(change["id"])
                if after > old or change["at"] > told:
                    await self._post(change)
                    dealt += 1
                told = max(told, change["at"]) if after > old else told  # not before: subscribers of one change have its moment in common
                await self._redis.set(CHANGES, f"{after} {told} {old}")
        return dealt

    async def _cursor(self) -> tuple[int, str, int]:
        """Id of the last change that was dealt with; the latest moment that was told of; up to which id changes before it were told already."""
        number, told, old = (*str(await self._redis.get(CHANGES) or "0").split(), "", "0")[:3]
        return int(number), told, int(old)

    async def _post(self, change: Json) -> None:
        await self._turns.post(change["openid"], f"change:{change['id']}@{change['at']}", [_bubble(change)], kind="progress")


def _bubble(change: Json) -> Bubble:
    """The words, and what a subscription notice may say of it: a lock screen shows it, so of a report or case it names only the number."""
    step = f"{change['step']['name']} {change['step']['note']}".rstrip()
    text = CHANGED.format(**{**change, "step": step})
    notice = {"item": change["item_name"] if change["number"].startswith("A") else "", "number": change["number"], "status": change["status_text"]}
    asked = ASKED.format(**change) if change.get("question") else ""
    bubble: Bubble = {"text": text + asked + _rate(change), "custom": {"notice": notice}}
    return {**bubble, "buttons": [answer_button(change["number"])]} if asked else bubble


def _rate(change: Json) -> str:
    """The offer to rate, for what is finished; with the page where there is one."""
    if change["status"] not in FINAL or change["number"][:1] not in RATED:
        return ""
    address = rating_address(change["number"], change["openid"])
    return RATE.format(page=PAGE.format(address=address) if address else "")
