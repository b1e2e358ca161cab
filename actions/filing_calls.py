"""The calls of the government service API that are about filings."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


class FilingCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    async def submit_filing(self, filing: Json, key: str) -> Json:
        """File it; the same key and body answer the same receipt again."""
        return await self._call("POST", "/v1/filings", filing, key)

    async def filing_progress(self, filing_no: str, kind: str, proof: str) -> Json:
        """How far a filing is; `kind` of proof is `phone` or `query_code`."""
        return await self._call("POST", f"/v1/filings/{quote(filing_no, safe='')}/progress-queries", {"proof": {"kind": kind, "value": proof}})

    async def supplements(self, openid: str) -> list[Json]:
        """What this user is asked for now, by filing."""
        return list((await self._call("GET", f"/v1/users/{quote(openid, safe='')}/supplements"))["supplements"])

    async def submit_supplement(self, filing_no: str, supplement: Json, key: str) -> Json:
        """Hand in what was asked for; answers what is left."""
        return await self._call("POST", f"/v1/filings/{quote(filing_no, safe='')}/supplements", supplement, key)

    async def erase_filing(self, filing_no: str, openid: str) -> Json:
        """Delete a filing of this user; may be repeated."""
        return await self._call("DELETE", f"/v1/filings/{quote(filing_no, safe='')}?openid={quote(openid, safe='')}")
