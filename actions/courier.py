"""`weijing courier`: delivers the backend calls that turns kept while the backend was away, and tells the user the outcome; unbinds who has left,
reminds of appointments, and looks after overdue rides.

Beside it run the feeds of changes (`actions/changes.py`), of notices (`actions/notice_feed.py`) and of the catalogue (`actions/catalogue_feed.py`).

A kept call carries its idempotency key, so delivering it twice files it once; the message to the user is posted once for each key.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Coroutine
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from actions.catalogue_feed import keep_catalogue
from actions.changes import Changes
from actions.client import Backend, backend
from actions.feedback_kept import KEPT
from actions.filing_fields import kept_days
from actions.notice_feed import NoticeFeed
from actions.reminder import keep_reminding
from actions.report_files import files_in
from actions.ride_watch import keep_watching
from store.context import evidence_claim
from store.keys import PARTITIONS, key, partition
from store.message import Bubble
from store.redis import FAULTS, Redis, client, wait_ready
from store.turns import Turns
from weijing.errors import BackendRefused, BackendUnavailable, StoreUnavailable
from weijing.health import stay
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings

log = logging.getLogger(__name__)

PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
GRACE_S = 30
PAGE = 200
"""Kept calls read of a partition at once."""
FILED = "您之前提交的内容已正式登记，编号 {number}，查询码 {query_code}（只显示这一次，请保存）。{next_step}"
KNOWN = "您之前提交的内容与编号 {duplicate_of} 的相同，已按该编号办理，请用当时的查询码查询。"
ADDED = "您之前补充的材料已加到 {report_no}，现在共 {evidence} 份。"
SUPPLEMENTED = "您之前补充的内容已加到 {report_no}。"
ARRIVED = "您之前报的平安已经记到 {number}。"
FILING_SUPPLEMENTED = "您之前补的内容已交到 {number}，还没补的有 {left} 项。"
REFUSED = "您之前提交的内容没能登记，工作人员会联系您。着急请拨打 110（紧急）或回复“人工”。"
NUMBERS = ("report_no", "filing_no", "number")
TEXTS = {"evidence": ADDED, "supplement": SUPPLEMENTED, "filing_supplement": FILING_SUPPLEMENTED, "check_in": ARRIVED}
"""Kind of a kept call -> what the user is told when it is made; see also `KEPT`."""


class Courier:
    """Looks through the kept calls of all partitions.

    Args:
        redis: the client.
        cipher: opens the kept calls.
    """

    def __init__(self, redis: Redis, cipher: Fernet) -> None:
        self._redis = redis
        self._turns = Turns(redis)
        self._cipher = cipher
        self._sealed: set[str] = set()
        self.healthy = True

    async def run(self) -> None:
        """Deliver for ever; while the backend is away, wait twice as long each time (at most a minute)."""
        pause = PAUSE_S
        while True:
            try:
                await self.deliver_all(backend())
                self.healthy, pause = True, PAUSE_S
            except (BackendUnavailable, StoreUnavailable, *FAULTS) as error:
                self.healthy, pause = False, min(pause * 2, LONGEST_PAUSE_S)
                log.warning("kept calls wait: %s", error)
            await asyncio.sleep(pause)

    async def deliver_all(self, api: Backend) -> int:
        """Deliver what is kept now; returns how many calls were settled.

        Raises:
            BackendUnavailable: the rest stays kept.
        """
        pipe = self._redis.pipeline(transaction=False)
        for part in range(PARTITIONS):
            pipe.xrange(key(part, "deferred"), count=PAGE)
        settled = 0
        for entries in await pipe.execute():
            for entry_id, fields in entries:
                settled += await self._settle(api, entry_id, fields)
        return settled

    async def _settle(self, api: Backend, entry: str, fields: dict[str, str]) -> bool:
        if "gone" in fields:
            await self._unbind(api, entry, fields["gone"])
            return True
        call = self._opened(entry, fields["c"])
        if call:
            await self._deliver(api, entry, call)
        return bool(call)

    def _opened(self, entry: str, text: str) -> dict[str, Any] | None:
        """The kept call; None when it was sealed with another VAULT_KEY: it stays, and holds up no other."""
        try:
            call: dict[str, Any] = json.loads(self._cipher.decrypt(text.encode()))
        except InvalidToken:
            if entry not in self._sealed:
                self._sealed.add(entry)
                log.error("a kept call was written with another VAULT_KEY; restore the key and start the courier anew, nothing is dropped")
            return None
        return call

    async def _deliver(self, api: Backend, entry: str, call: dict[str, Any]) -> None:
        try:
            answer = await api.deliver(call["method"], call["path"], call["body"], call["idempotency_key"])
            number = next((str(answer[name]) for name in NUMBERS if name in answer), "")
            evidence = evidence_claim(files_in(call["body"]), number, kept_days(call["body"]))
            bubbles: list[Bubble] = [{"text": _told(call["kind"], {**answer, "number": number})}]
        except BackendRefused as error:
            log.error("kept %s of %s refused: %s", call["kind"], call["key"], error)
            bubbles, evidence = [{"text": REFUSED}], []
        kind = "report" if call["kind"] == "filing" else call["kind"]  # one subscription notice tells of both
        await self._turns.post(call["openid"], f"kept:{call['idempotency_key']}", bubbles, kind=kind, deferred=entry, evidence=evidence)

    async def _unbind(self, api: Backend, entry: str, openid: str) -> None:
        """A user has left: the bureau's system forgets whom the openid stood for, and what it wanted to hear of."""
        for forget in (api.unbind_identity, api.unsubscribe, api.unsubscribe_notices):
            try:
                await forget(openid)
            except BackendRefused as error:
                log.error("the binding or the subscriptions of a user who left are not deleted: %s", error)
        await self._redis.xdel(key(partition(openid), "deferred"), entry)


def _told(kind: str, answer: dict[str, Any]) -> str:
    if kind in KEPT:
        return KEPT[kind](answer)
    text = TEXTS.get(kind) or (KNOWN if answer.get("duplicate_of") else FILED)
    return text.format(**answer)


def main(argv: list[str]) -> int:
    """Run until SIGTERM."""
    del argv
    set_up_logs()
    asyncio.run(_serve(load_settings()))
    return 0


async def _once_answered(task: Coroutine[Any, Any, None]) -> None:
    """Begin when the backend has answered, or after half a minute: the house starts in any order, and that is no fault worth a warning."""
    for _ in range(GRACE_S):
        try:
            await backend().service_items()
            break
        except (BackendUnavailable, BackendRefused):
            await asyncio.sleep(1)
    await task


async def _serve(settings: Settings) -> None:
    await wait_ready(settings.redis_url)
    redis = client(settings.redis_url)
    courier, changes = Courier(redis, Fernet(settings.vault_key.get_secret_value().encode())), Changes(redis)

    async def ready() -> dict[str, bool]:
        return {"deliveries": courier.healthy, "changes": changes.healthy}

    tasks = (courier.run(), changes.run(), NoticeFeed(redis).run(), keep_reminding(redis), keep_watching(redis), keep_catalogue(redis))
    await stay(settings.courier_port, ready, *(_once_answered(task) for task in tasks))
    await backend().close()
    await redis.close(close_connection_pool=True)
