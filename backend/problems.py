"""Errors as `application/problem+json` (RFC 9457): a code to branch on, one sentence, and never a stack trace or what was sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Handler

from backend.database import FAULTS
from weijing.errors import EngineError, WeijingError

log = logging.getLogger(__name__)

HTTP_CODES = {400: "malformed_request", 404: "not_found", 405: "method_not_allowed", 413: "too_large", 415: "not_json"}
"""Codes of what aiohttp itself refuses."""


class Problem(WeijingError):
    """A request that is refused.

    Args:
        status: HTTP status.
        code: what the caller branches on, e.g. `not_found`.
        detail: one sentence for the caller's operator.
        headers: of the answer, e.g. `Retry-After`.
    """

    def __init__(self, status: int, code: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.headers = dict(headers or {})

    def response(self) -> web.Response:
        """The answer."""
        title = self.code.replace("_", " ").capitalize()
        body = {"type": f"urn:weijing:problem:{self.code}", "title": title, "status": self.status, "detail": self.message, "code": self.code}
        text = json.dumps(body, ensure_ascii=False)
        return web.Response(text=text, status=self.status, headers=self.headers, content_type="application/problem+json")


def not_found() -> Problem:
    """The one answer for an unknown number and a wrong proof, so that they cannot be told apart."""
    return Problem(404, "not_found", "There is no such number, or the proof does not fit it.")


@web.middleware
async def problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a problem; the cause goes to the log."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except web.HTTPException as error:
        code = HTTP_CODES.get(error.status, "refused")
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
        return Problem(error.status, code, f"{error.reason}.", headers).response()
    except (*FAULTS, EngineError) as error:
        log.error("database fault in %s %s: %s: %s", request.method, _route(request), type(error).__name__, error)
        return Problem(503, "database_unavailable", "PostgreSQL does not answer; send the request again.", {"Retry-After": "5"}).response()
    except Exception:  # the last line of defence of a web app: the caller gets a problem, the operator the cause
        log.exception("%s %s failed", request.method, _route(request))
        return Problem(500, "internal", "The request failed; the cause is in the log.").response()


def _route(request: web.Request) -> str:
    """The path's template: a number in a path does not belong into a log."""
    resource = request.match_info.route.resource
    return resource.canonical if resource else "(unknown path)"
