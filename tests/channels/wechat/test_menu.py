"""The bottom menu: every limit before the call, and the four deeds against the simulated account through the real command."""

from __future__ import annotations

import asyncio
import copy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from channels.simulator.menu import check_menu
from channels.wechat.menu import FILE, describe, difference, domain_intents, find_faults, read_menu
from tests.channels.conftest import StartEdge
from weijing.settings import ROOT, child_environment

INTENTS = domain_intents()


def test_the_menu_of_the_project_has_no_fault_and_the_platform_takes_it() -> None:
    for base in ("https://example.org", ""):
        menu = read_menu(base)
        assert list(find_faults(menu, INTENTS)) == []
        check_menu(menu)
    assert "https://example.org/h5/identity" in str(read_menu("https://example.org"))
    assert "h5" not in str(read_menu("")), "without a public address a page would open nothing"


def leaf(**fields: Any) -> dict[str, Any]:
    return {"type": "click", "name": "帮助", "key": "help", **fields}


def nest(count: int) -> dict[str, Any]:
    return {"name": "办事", "sub_button": [leaf(name=f"帮助{number}") for number in range(count)]}


@pytest.mark.parametrize(
    ("buttons", "words"),
    [
        ([], "1 to 3"),
        ([leaf()] * 4, "1 to 3"),
        ([nest(6)], "1 to 5"),
        ([leaf(name="办事办事办事")], "1 to 16"),
        ([{**nest(1), "name": "办事办事办事"}], "1 to 16"),
        ([{"name": "办事", "sub_button": [leaf(name="办" * 21)]}], "1 to 60"),
        ([leaf(name="")], "1 to 16"),
        ([leaf(key="")], "key of 0 bytes"),
        ([leaf(type="scancode_push", key="k" * 129)], "key of 129 bytes"),
        ([leaf(key="no_such_intent")], "no intent of domain.yml"),
        ([leaf(type="view")], "url of 0 bytes"),
        ([leaf(type="view", url="https://example.org/" + "a" * 1024)], "url of 1044 bytes"),
        ([leaf(type="view", url="javascript:alert(1)")], "https://"),
        ([leaf(type="miniprogram", url="https://example.org", appid="wx1")], "pagepath of 0 bytes"),
        ([leaf(type="tap")], "has the type tap"),
        ([{"name": "办事"}], "has the type None"),
    ],
)
def test_what_the_platform_would_refuse_is_refused_here(buttons: list[dict[str, Any]], words: str) -> None:
    faults = list(find_faults({"button": buttons}, INTENTS))
    assert len([fault for fault in faults if words in fault]) == 1, faults


FULL = [leaf(name="办" * 5), leaf(type="view", url="https://example.org/" + "a" * 1004), nest(5), leaf(type="pic_weixin", key="k" * 128)]


@pytest.mark.parametrize("button", FULL)
def test_what_is_just_within_the_limits_is_fine(button: dict[str, Any]) -> None:
    assert list(find_faults({"button": [button] * 3}, INTENTS)) == []


def test_the_account_writes_its_menu_with_more_fields_and_it_is_the_same() -> None:
    """menu/get gives every leaf an empty sub_button."""
    ours = read_menu("https://example.org")
    theirs = copy.deepcopy(ours)
    for button in theirs["button"]:
        for child in button["sub_button"]:
            child["sub_button"] = []
    assert difference(theirs, ours) == []
    theirs["button"][0]["sub_button"][0]["key"] = "old_key"
    changed = [line for line in difference(theirs, ours) if line[0] in "+-"]
    assert changed == ["-     我要办事  click  old_key", "+     我要办事  click  ask_guide"]
    assert len(difference({}, ours)) == len(describe(ours))


async def weijing(edge_port: int, *arguments: str, **environment: str) -> tuple[int, str]:
    """Run the command against the edge's simulator; (exit code, what it said)."""
    values = child_environment(WEIJING_ENV="test", EDGE_PORT=str(edge_port), **environment)
    command = [sys.executable, "-m", "weijing", *arguments]
    done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, env=values, capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout + done.stderr


async def test_the_command_shows_compares_pushes_and_deletes(start_edge: StartEdge, tmp_path: Path) -> None:
    edge = await start_edge(wechat_api_base="", vault_key="k" * 43 + "=")
    port, settings = edge.server.port or 0, edge.settings
    account = {"WECHAT_APP_ID": settings.wechat_app_id, "WECHAT_APP_SECRET": settings.wechat_app_secret.get_secret_value()}
    account["WECHAT_API_BASE"] = str(edge.server.make_url("/simulator/platform"))
    account["PUBLIC_URL"] = settings.public_base

    async def menu(*words: str) -> tuple[int, str]:
        return await weijing(port, "menu", *words, **account)

    code, said = await menu("show")
    assert code == 0 and "我要办事  click  ask_guide" in said
    assert await menu("diff") == (0, "no difference\n")

    broken = tmp_path / "broken.yml"
    broken.write_text(FILE.read_text(encoding="utf-8").replace("key: ask_guide", "key: nobody_knows"), encoding="utf-8")
    code, said = await menu("push", "--file", str(broken))
    assert code == 1 and "nobody_knows" in said and "nothing was sent" in said
    assert await menu("diff") == (0, "no difference\n"), "a menu with faults does not reach the account"

    mine = tmp_path / "mine.yml"
    mine.write_text(yaml.safe_dump({"button": [leaf()]}, allow_unicode=True), encoding="utf-8")
    code, said = await menu("push", "--file", str(mine), "--dry-run")
    assert code == 0 and "+ 帮助  click  help" in said and (await menu("diff"))[0] == 0
    code, said = await menu("push", "--file", str(mine))
    assert code == 0 and "+ 帮助  click  help" in said and (await menu("show"))[1] == "帮助  click  help\n"
    assert (await menu("diff"))[0] == 1

    code, said = await menu("delete")
    assert code == 1 and "--yes" in said and (await menu("show"))[1] == "帮助  click  help\n"
    assert (await menu("delete", "--yes"))[0] == 0
    assert (await menu("show"))[1] == "the account has no menu\n"
    code, said = await weijing(port, "menu", "show", **{**account, "WECHAT_APP_SECRET": "wrong"})
    assert code == 1 and "WECHAT_APP_SECRET" in said and "Traceback" not in said and "wrong" not in said.replace("is wrong", "")
