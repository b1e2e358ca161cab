"""Try it: a chat with any model beside its trace; no user, no record, nothing changed."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from pathlib import Path

from aiohttp import web

from console.context import console_of
from console.workbench.bounds import bound
from console.workbench.talker import Talker
from store import models
from weijing.errors import SettingsError
from weijing.model_file import find_model, newest_model
from weijing.refusals import DeskRefused
from weijing.tasks import end

TALKER = web.AppKey("talker", Talker)
LONGEST = 600
"""Characters of a message."""


async def run_talker(app: web.Application) -> AsyncIterator[None]:
    """The talker of this console while it runs."""
    app[TALKER] = Talker()
    watching = asyncio.create_task(app[TALKER].watch())
    yield
    await end(watching)
    await app[TALKER].end()


async def show_try(request: web.Request) -> web.Response:
    """A new chat."""
    console = console_of(request)
    async with console.engine.connect() as connection:
        rows = await models.listed(connection)
    chosen, talk = request.query.get("model", "")[:120], secrets.token_hex(8)
    return console.pages.show(request, "workbench/try.html", models=rows, chosen=chosen, talk=talk, longest=LONGEST)


async def say(request: web.Request) -> web.Response:
    """One message: the answer for the chat, and the trace beside it.

    Raises:
        DeskRefused: there is nothing to say, no such model, or it does not answer.
    """
    data = await request.post()
    text, talk, name = (str(data.get(field, "")).strip() for field in ("text", "talk", "model"))
    if not text or len(text) > LONGEST or len(talk) > 40 or len(name) > 120:
        raise DeskRefused("请写一句话", f"一句话 1 到 {LONGEST} 个字。", 422)
    await bound(request, "talk")
    answer = await request.config_dict[TALKER].say(_file(console_of(request).settings.bot_model, name), text, talk)
    return console_of(request).pages.show(request, "workbench/try_turn.html", text=text, answer=answer)


def _file(place: Path, name: str) -> Path:
    try:
        file = find_model(place, name) if name else newest_model(place)
    except SettingsError as error:
        raise DeskRefused("还没有模型", "先训练一个，再来试。", 404) from error
    if not file.is_file():
        raise DeskRefused("这个模型的文件不在了", "请换一个模型。", 404)
    return file
