"""`weijing simulate`: the phone in a terminal, against a house that runs.

The pushes are the page's own: this client asks the simulator to do what the user types, and polls for what comes later.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from typing import Any

import aiohttp

from channels.simulator.client import Client
from channels.wechat.menu import read_menu
from weijing.errors import SettingsError
from weijing.settings import Settings, load_settings
from weijing.simulated import FIRST_USERS

HELP = "直接输入文字并回车。/菜单 看菜单，/点 键名 点菜单，/位置 发位置，/图片 /语音 /视频 发文件，/扫 场景 扫二维码，/关注 /取消关注，/退出。"
COMMANDS: dict[str, dict[str, Any]] = {
    "/位置": {"kind": "location", "place": 0},
    "/图片": {"kind": "image"},
    "/语音": {"kind": "recording"},
    "/视频": {"kind": "video"},
    "/关注": {"kind": "follow"},
    "/取消关注": {"kind": "unfollow"},
}


async def converse(client: Client) -> None:
    """Read lines until the end of input or /退出."""
    print(HELP)
    polling = asyncio.create_task(client.poll())
    keyboard = open_keyboard()
    try:
        while not polling.done():
            line = await keyboard.readline()
            words = line.decode("utf-8", "replace").strip()
            if not line:
                await client.answered()
                break
            if words == "/退出":
                break
            if words == "/菜单":
                print_menu()
            elif words.startswith("/点 "):
                await client.do({"kind": "click", "key": words[3:].strip(), "name": words[3:].strip()})
            elif words.startswith("/扫 "):
                await client.do({"kind": "scan", "scene": words[3:].strip()})
            elif words:
                await client.do(COMMANDS.get(words, {"kind": "text", "text": words}))
    finally:
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)


def open_keyboard() -> asyncio.StreamReader:
    """Standard input as a stream; its file stays blocking, for a terminal's output shares it."""
    loop, reader, number = asyncio.get_running_loop(), asyncio.StreamReader(), sys.stdin.fileno()

    def read() -> None:
        data = os.read(number, 65536)
        if data:
            reader.feed_data(data)
        else:
            loop.remove_reader(number)
            reader.feed_eof()

    try:
        loop.add_reader(number, read)
    except PermissionError:  # a regular file is always readable and cannot be watched
        reader.feed_data(sys.stdin.buffer.read())
        reader.feed_eof()
    return reader


def print_menu() -> None:
    """The bottom menu with the keys that /点 takes."""
    for button in read_menu("")["button"]:
        print(button["name"], "：", "，".join(f"{child['name']} {child.get('key', '')}" for child in button.get("sub_button", [])))


async def run(settings: Settings, once: str | None, name: str, *, xml: bool) -> int:
    """Talk; the exit code: 1 when a single message ended in WeChat's fault notice."""
    if not settings.demo:
        raise SettingsError("the simulator is not for production: set WEIJING_ENV to demo or test")
    base = f"http://127.0.0.1:{settings.edge_port}/simulator"
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=30)) as session:
        client = Client(session, base, xml=xml)
        await client.enter(name)
        if once is not None:
            fine = await client.do({"kind": "text", "text": once})
            await client.answered()
            return 0 if fine else 1
        await converse(client)
    return 0


def main(argv: list[str]) -> int:
    """`weijing simulate [--once TEXT] [--user NAME] [--xml]`."""
    parser = argparse.ArgumentParser(prog="weijing simulate", description="Talk to the bot in this terminal through real encrypted pushes.")
    parser.add_argument("--once", metavar="TEXT", help="send one message, print the reply and leave (1 when WeChat would show a fault)")
    parser.add_argument("--user", metavar="NAME", default=FIRST_USERS[0], help="who speaks (default: %(default)s)")
    parser.add_argument("--xml", action="store_true", help="print the XML of pushes and replies")
    given = parser.parse_args(argv)
    return asyncio.run(run(load_settings(), given.once, given.user, xml=given.xml))
