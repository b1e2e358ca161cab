"""The calls of the government service API that are about ratings, letters and surveys."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


class FeedbackCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    async def rate(self, rating: Json, key: str) -> Json:
        """Hand in a rating; answers the follow-up of a bad one."""
        return await self._call("POST", "/v1/ratings", rating, key)

    async def ratable(self, openid: str, also: str = "") -> list[Json]:
        """The finished matters that this user may rate, those without a rating first.

        Args:
            also: a number of which we know that it is the user's.
        """
        query = f"?also={quote(also)}" if also else ""
        return list((await self._call("GET", f"/v1/users/{quote(openid, safe='')}/ratable{query}"))["matters"])

    async def write_letter(self, letter: Json, key: str) -> Json:
        """File a letter to the director; the same key and body answer the same receipt again."""
        return await self._call("POST", "/v1/letters", letter, key)

    async def letter_progress(self, letter_no: str, query_code: str) -> Json:
        """How far a letter is, its answer included."""
        return await self._call("POST", f"/v1/letters/{quote(letter_no, safe='')}/progress-queries", {"query_code": query_code})

    async def surveys(self, openid: str) -> list[Json]:
        """The surveys that are open, and whether this user has answered them."""
        return list((await self._call("GET", f"/v1/surveys?openid={quote(openid, safe='')}"))["surveys"])

    async def answer_survey(self, survey_id: str, answers: Json) -> Json:
        """Answer a survey or change the answers; may be repeated."""
        return await self._call("PUT", f"/v1/surveys/{quote(survey_id, safe='')}/answers", answers)
