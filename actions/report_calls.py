"""The calls of the government service API that are about complaints and tips."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


class ReportCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    async def report_progress(self, report_no: str, query_code: str) -> Json:
        """How far a report is."""
        return await self._call("POST", f"/v1/reports/{quote(report_no, safe='')}/progress-queries", {"query_code": query_code})

    async def withdraw_report(self, report_no: str, query_code: str, key: str) -> Json:
        """Withdraw a report; answers its progress."""
        return await self._call("POST", f"/v1/reports/{quote(report_no, safe='')}/withdraw", {"query_code": query_code}, key)

    async def submit_report(self, report: Json, key: str) -> Json:
        """File a report; the same key and body answer the same receipt again."""
        return await self._call("POST", "/v1/reports", report, key)

    async def add_evidence(self, report_no: str, evidence: Json, key: str) -> Json:
        """Add evidence to a filed report; answers how many it has now."""
        return await self._call("POST", f"/v1/reports/{quote(report_no, safe='')}/evidence", evidence, key)

    async def add_supplement(self, report_no: str, supplement: Json, key: str) -> Json:
        """Add words and files to a filed report, or answer what staff asked; answers how many files it has now."""
        return await self._call("POST", f"/v1/reports/{quote(report_no, safe='')}/supplements", supplement, key)
