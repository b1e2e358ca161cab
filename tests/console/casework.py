"""What tests of the cases do: file matters with the government service API, and do deeds as staff do, with the tokens that stand on the page."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import aiohttp
from sqlalchemy import text

from store.db import async_engine
from tests.backend.conftest import Running
from tests.console.conftest import Desk, Page, Person

TIP = {"kind": "tip", "topic": "赌博", "content": "示例小区三栋地下室每晚有人聚众赌博", "place": "示例区示例路", "mode": "anonymous"}
COMPLAINT = {"kind": "complaint", "topic": "不作为", "content": "报警以后一直没有人来", "mode": "anonymous"}
REPORTER = {"name": "示例甲", "phone": "19900000077"}


async def call(office: Running, method: str, path: str, body: Any = None) -> Any:
    """A call of the API as the bot makes it."""
    headers = {"Authorization": f"Bearer {office.settings.backend_token.get_secret_value()}", "Idempotency-Key": uuid4().hex}
    async with aiohttp.ClientSession(headers=headers) as http, http.request(method, office.base + path, json=body) as response:
        assert response.status < 300, await response.text()
        return await response.json()


async def file(office: Running, **fields: Any) -> Any:
    """File a report; returns its receipt. Its words are its own unless they are given."""
    own = {"content": f"{TIP['content']}，第{uuid4().int % 10**9}号"} if "content" not in fields else {}
    return await call(office, "POST", "/v1/reports", {**TIP, "openid": f"o-{uuid4().hex[:8]}", **own, **fields})


def hidden(page: Page, form: str = "") -> dict[str, str]:
    """The hidden fields of a page's first form, or of the dialog with this id."""
    part = page.text[page.text.index(f'<dialog id="{form}"') :] if form else page.text
    part = part[part.index("<form") : part.index("</form>")]
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', part))


async def do(person: Person, number: str, deed: str, dialog: str, **fields: str) -> Page:
    """Open the case, fill the dialog and send it."""
    page = await person.get(f"/cases/{number}")
    assert page.status == 200, page.text
    return await person.post(f"/cases/{number}/{deed}", {**hidden(page, dialog), **fields})


async def acts(desk: Desk, number: str) -> list[str]:
    """What the audit trail says was done with a case, in its order."""
    engine = async_engine(desk.settings.database_url)
    async with engine.connect() as connection:
        rows = (await connection.execute(text("SELECT act FROM weijing.audit WHERE object LIKE :number ORDER BY seq"), {"number": f"{number}%"})).all()
    await engine.dispose()
    return [row.act for row in rows]
