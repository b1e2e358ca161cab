"""The doctor looks at the house: model, backend, processes, pages; and what it does when half of it is down."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from backend.app import init_app as init_backend
from channels.doctor import house
from channels.doctor.command import CHECKS, examine
from channels.doctor.finding import Finding
from channels.simulator.platform import Platform
from tests.channels.conftest import Edge, settings_with
from tests.channels.doctor.conftest import SECRETS, changed, free_port, look, new_database, the_one
from weijing.engines import EmbeddedPostgres, EmbeddedRedis
from weijing.health import add_health
from weijing.model_file import FINGERPRINT, fingerprint
from weijing.settings import ROOT, Settings, child_environment


async def test_the_model_is_there_fits_or_is_old(tmp_path: Path) -> None:
    settings = settings_with("", bot_model=tmp_path)
    found = await the_one(house.check_model, settings)
    assert found.state == "failure" and found.remedy == "weijing train"
    (tmp_path / "m.tar.gz").touch()
    (tmp_path / FINGERPRINT).write_text(json.dumps({"model": "m.tar.gz", "fingerprint": "of other files"}))
    found = await the_one(house.check_model, settings)
    assert found.state == "warning" and "m.tar.gz" in found.words and "weijing train --if-needed" in found.remedy
    (tmp_path / FINGERPRINT).write_text(json.dumps({"model": "m.tar.gz", "fingerprint": fingerprint()}))
    assert (await the_one(house.check_model, settings)).state == "good"
    assert (await the_one(house.check_model, settings_with("", bot_model=tmp_path / "m.tar.gz"))).state == "good"


async def test_the_backend_ready_refusing_and_away(postgres_server: EmbeddedPostgres) -> None:
    settings = settings_with("", database_url=new_database(postgres_server, "doctor_backend"), **SECRETS)
    server = TestServer(init_backend(settings))
    await server.start_server()
    try:
        here = settings.copy(update={"backend_url": str(server.make_url("")).rstrip("/")})
        for _ in range(100):
            found = await the_one(house.check_backend, here)
            if found.state == "good":
                break
            await asyncio.sleep(0.1)
        assert found.state == "good", found
        found = await the_one(house.check_backend, changed(here, backend_token="another-token"))
        assert found.state == "failure" and "refuses our token" in found.words and "BACKEND_TOKEN" in found.remedy
    finally:
        await server.close()
    assert "no answer" in (await the_one(house.check_backend, here)).words


async def test_a_process_that_is_not_ready_says_what_it_lacks(redis_server: EmbeddedRedis) -> None:
    async def ready() -> dict[str, bool]:
        return {"redis": False, "working": True}

    app = web.Application()
    add_health(app, ready)
    server = TestServer(app)
    await server.start_server()
    ports = {f"{name}_port": free_port() for name in ("projector", "bot", "courier", "evidence", "edge")}
    found = await look(house.check_processes, settings_with("", sender_port=server.port, **ports))
    await server.close()
    lines = {one.name: one for one in found}
    assert "redis" in lines["sender"].words and "working" not in lines["sender"].words
    assert "no answer" in lines["bot"].words and "var/log/bot.log" in lines["bot"].remedy and set(lines) >= {"edge", "evidence"}


@pytest.mark.parametrize(
    ("changes", "state", "words"),
    [
        ({"public_url": "https://wx.example.org"}, "good", "https://wx.example.org"),
        ({"public_url": "http://wx.example.org"}, "failure", "PUBLIC_URL is http"),
        ({"weijing_env": "production"}, "warning", "PUBLIC_URL is empty"),
        ({"weijing_env": "production", "public_url": "https://wx.example.org", "webchat_origins": "http://www.example.org"}, "failure", "www.example.org"),
    ],
)
async def test_the_pages(changes: dict[str, str], state: str, words: str) -> None:
    found = await the_one(house.check_pages, settings_with("", **changes))
    assert found.state == state and words in found.words


async def test_the_disk_and_risky_settings(tmp_path: Path) -> None:
    assert (await the_one(house.check_disk, settings_with("", weijing_var=tmp_path))).state in {"good", "warning"}
    found = await the_one(house.check_disk, settings_with("", weijing_var=tmp_path / "gone"))
    assert found.state == "failure" and "WEIJING_VAR" in found.remedy
    found = await the_one(house.check_settings, settings_with("", weijing_env="production", wechat_mode="plain"))
    assert found.state == "warning" and "WECHAT_MODE" in found.words


async def test_a_check_that_hangs_or_breaks_is_a_finding_and_holds_up_nobody() -> None:
    async def check_hanging(_: Any) -> list[Finding]:
        await asyncio.sleep(60)
        return []

    async def check_broken(_: Any) -> list[Finding]:
        raise KeyError("the secret")

    started = time.monotonic()
    found = await examine(settings_with(""), [check_hanging, check_broken, house.check_pages], seconds=0.3)
    assert time.monotonic() - started < 5
    assert [(one.name, one.state) for one in found] == [("hanging", "failure"), ("broken", "failure"), ("pages", "good")]
    assert "secret" not in str(found)


async def test_no_secret_is_in_what_it_says(account: tuple[Settings, Platform, Edge], redis_server: EmbeddedRedis) -> None:
    """Half of the house is down here: processes, database and backend."""
    settings = account[0].copy(update={"database_url": f"postgresql://u:password-of-the-test@127.0.0.1:{free_port()}/x", "backend_port": free_port()})
    found = json.dumps([vars(one) for one in await examine(settings, CHECKS)], ensure_ascii=False)
    kept = [*SECRETS.values(), settings.wechat_aes_key.get_secret_value(), "password-of-the-test", account[1].tokens.stable()[0]]
    assert not [secret for secret in kept if secret in found]


def test_the_command_in_a_house_that_is_down(tmp_path: Path) -> None:
    names = ("EDGE", "BACKEND", "BOT", "SENDER", "PROJECTOR", "COURIER", "EVIDENCE", "CONSOLE", "TRAINER")
    ports = {f"{name}_PORT": str(free_port()) for name in names}
    environment = child_environment(WEIJING_ENV="test", WEIJING_VAR=str(tmp_path), BOT_MODEL=str(tmp_path), REDIS_URL="", DATABASE_URL="", **ports)

    def doctor(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "weijing", "doctor", *words]
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)

    said = doctor()
    assert said.returncode == 1 and "✗  redis" in said.stdout and "→ weijing train" in said.stdout and said.stderr == ""
    findings = json.loads(doctor("--json").stdout)
    assert {"name", "state", "words", "remedy"} == set(findings[0]) and {one["state"] for one in findings} >= {"failure", "good"}
    environment |= {"WEIJING_ENV": "production", "WECHAT_APP_ID": "wx1"}
    said = doctor()
    assert said.returncode == 1 and "WECHAT_APP_SECRET" in said.stdout and said.stdout.count("✗") == 1
