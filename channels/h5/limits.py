"""How much one address and one user may ask of the pages, counted in Redis over all edges."""

from __future__ import annotations

from dataclasses import dataclass

from store.tally import Tally
from weijing.refusals import PageRefused


@dataclass(frozen=True)
class Limit:
    """So many in so many seconds."""

    count: int
    seconds: int


LIMITS = {
    "page": Limit(600, 60),
    "login": Limit(120, 60),
    "form": Limit(30, 600),
    "file": Limit(60, 3600),
}
"""`page` and `login` count an address, behind which a whole mobile network may be; `form` and `file` count a user."""


class Limits(Tally):
    """The counters of the pages."""

    async def count(self, what: str, who: str) -> None:
        """Count one.

        Raises:
            PageRefused: 429.
            StoreUnavailable: Redis did not answer.
        """
        limit = LIMITS[what]
        if await self.over(f"h5-{what}", who, limit.count, limit.seconds):
            raise PageRefused("操作得太频繁了", "请过几分钟再试。着急的话，回到对话里回复“人工”。", 429)
