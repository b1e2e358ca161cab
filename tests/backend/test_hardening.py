"""What the backend refuses, and how: always a problem with a code, never a trace or what was sent."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from backend.security import Bucket
from tests.backend.conftest import TIP, Api, Running
from weijing.settings import Settings

PRIVATE = ["/v1/service-items", "/v1/service-items/passport_first", "/v1/unknown", "/"]


@pytest.mark.parametrize("path", PRIVATE)
@pytest.mark.parametrize("header", [{}, {"Authorization": ""}, {"Authorization": "Bearer"}, {"Authorization": "Bearer 错"}, {"Authorization": "Basic {token}"}])
async def test_without_the_token_nothing_is_told(api: Api, path: str, header: dict[str, str]) -> None:
    sent = {name: value.format(token=api.token) for name, value in header.items()}
    async with api.session.get(api.base + path, headers=sent) as response:
        assert response.status == 401
        assert response.content_type == "application/problem+json"
        assert (await response.json(content_type=None))["code"] == "unauthorized"
        assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_token_that_is_almost_right_is_wrong(api: Api) -> None:
    for token in (api.token + "x", "x" + api.token, api.token[:-1], api.token.swapcase()):
        assert (await api("GET", "/v1/service-items", token=token)).status == 401


@pytest.mark.parametrize("path", ["/openapi.yaml", "/healthz", "/readyz", "/metrics"])
async def test_probes_and_the_contract_are_open(api: Api, path: str) -> None:
    async with api.session.get(api.base + path) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (b'{"kind": "tip\xff"}', 400, "malformed_json"),
        (b"\xef\xbb\xbf{}", 400, "malformed_json"),
        (b'{"content": "\\ud800"}', 400, "malformed_json"),
        (b"[" * 60_000, 400, "malformed_json"),
        (b'{"a": NaN}', 400, "malformed_json"),
        (b'{"a": ' + b"9" * 60_000 + b"}", 400, "malformed_json"),
        (b'{"happening_now": 1e999}', 422, "invalid_body"),
        (b"null", 422, "invalid_body"),
        (b"[]", 422, "invalid_body"),
        (json.dumps(TIP | {"content": "a\x00b"}).encode(), 422, "invalid_body"),
        (json.dumps(TIP | {"content": ""}).encode(), 422, "invalid_body"),
        (json.dumps(TIP | {"kind": "praise"}).encode(), 422, "invalid_body"),
        (json.dumps(TIP | {"mode": "named"}).encode(), 422, "invalid_body"),
        (json.dumps(TIP | {"mode": "named", "reporter": None}).encode(), 422, "invalid_body"),
        (json.dumps(TIP | {"surprise": 1}).encode(), 422, "invalid_body"),
        (json.dumps(TIP | {"evidence": [{"kind": "image", "ref": "m"}] * 21}).encode(), 422, "invalid_body"),
        (b'{"content": "' + b"a" * 70_000 + b'"}', 413, "too_large"),
    ],
)
async def test_a_bad_body_is_the_callers_fault(api: Api, body: bytes, status: int, code: str) -> None:
    answer = await api("POST", "/v1/reports", key="bad-body", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.type, answer.json["code"]) == (status, "application/problem+json", code)


@pytest.mark.parametrize("data", [b"not gzip at all", gzip.compress(b" " * 10_000_000)])
async def test_a_bad_or_exploding_gzip_is_refused(api: Api, data: bytes) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert (await api("POST", "/v1/reports", key="gzip", data=data, headers=headers)).status in {400, 413}
    assert (await api("GET", "/v1/service-items")).status == 200


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/xml"])
async def test_other_content_types_are_refused(api: Api, kind: str) -> None:
    answer = await api("POST", "/v1/reports", key="type", data=json.dumps(TIP).encode(), headers={"Content-Type": kind})
    assert (answer.status, answer.json["code"]) == (415, "not_json")


@pytest.mark.parametrize("key", [None, "a" * 65, "a b", "键"])
async def test_a_report_needs_a_proper_idempotency_key(api: Api, key: str | None) -> None:
    answer = await api("POST", "/v1/reports", key=key, json=TIP)
    assert (answer.status, answer.json["code"]) == (400, "invalid_parameter")


async def test_what_was_sent_is_not_repeated_in_the_answer(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    answer = await api("POST", "/v1/reports", key="echo", json=TIP | {"place": 19912345678, "19912345678": "19912345678", "kind": "19912345678"})
    assert answer.status == 422
    assert "19912345678" not in json.dumps(answer.json)
    assert "createReport 422" in caplog.text and "19912345678" not in caplog.text


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/v1/unknown", 404, "not_found"),
        ("GET", "/v1/reports", 405, "method_not_allowed"),
        ("DELETE", "/v1/service-items", 405, "method_not_allowed"),
        ("GET", "/v1/service-items?category=nothing", 400, "invalid_parameter"),
        ("GET", "/v1/service-items?q=" + "a" * 65, 400, "invalid_parameter"),
        ("GET", "/v1/service-items?q=%00", 400, "invalid_parameter"),
        ("GET", "/v1/service-items/%00", 404, "not_found"),
        ("GET", "/v1/service-items/no_such_item", 404, "not_found"),
        ("GET", "/v1/service-items/..%2f..%2fetc", 404, "not_found"),
    ],
)
async def test_bad_paths_and_parameters(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = await api(method, path)
    assert (answer.status, answer.type, answer.json["code"]) == (status, "application/problem+json", code)


@pytest.mark.parametrize("number", ["A2026-000999999999", "A2026-12", "J2026-000101", "A２０２６-000101", "A2026-000101%00", "A2026-000101%0a", "' OR 1=1"])
async def test_a_malformed_number_is_a_number_that_does_not_exist(api: Api, number: str) -> None:
    proof: dict[str, Any] = {"proof": {"kind": "phone", "value": "19900000001"}}
    answer = await api("POST", f"/v1/applications/{number}/progress-queries", json=proof)
    assert (answer.status, answer.json["code"]) == (404, "not_found")


async def test_a_runaway_caller_is_slowed_down(settings: Settings) -> None:
    import aiohttp

    with Running(settings, Bucket(rate=0.5, burst=3)) as running:
        async with aiohttp.ClientSession() as session:
            api = Api(running.base, settings.backend_token.get_secret_value(), session)
            answers = [await api("GET", "/v1/service-items") for _ in range(5)]
    assert [answer.status for answer in answers][:3] == [200, 200, 200]
    last = answers[-1]
    assert (last.status, last.json["code"]) == (429, "rate_limited")
    assert 1 <= int(last.headers["Retry-After"]) <= 2
