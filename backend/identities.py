"""Bound identities 身份绑定: which person an openid has proved to be.

Neither the population register nor the bindings hold anything readable: a person is a keyed digest of name, identity number and phone together, so that
a wrong detail is wrong as a whole and nobody learns which one. Name and phone are kept sealed, so that an appointment can be made without typing them;
what is shown is masked. The identity number is not kept.
"""

from __future__ import annotations

from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.database import POOL, connected, transaction
from backend.idempotency import create_once
from backend.problems import not_found
from backend.proofs import attempt, normalise
from backend.vault import VAULT, Vault
from weijing.workdays import SHANGHAI

BIND = """
    INSERT INTO backend.identities (openid, person, name, contact) VALUES ($1, $2, $3, $4)
    ON CONFLICT (openid) DO UPDATE SET person = excluded.person, name = excluded.name, contact = excluded.contact, bound_at = now()
    RETURNING name, contact, bound_at
"""
UNBOUND = {"bound": False, "name": None, "phone": None, "bound_at": None}


async def bind_identity(request: web.Request) -> web.StreamResponse:
    """Bind an openid to the person it names; another person takes the place of the one before.

    Raises:
        Problem: 404 when the details are no person's, 429 after five such tries in an hour.
    """
    vault, body = request.app[VAULT], request[BODY]
    openid, person = openid_digest(vault, body["openid"]), person_digest(vault, body["name"], body["id_number"], body["phone"])

    async def known() -> bool:
        async with connected(request.app[POOL]) as connection:
            return bool(await connection.fetchval("SELECT true FROM backend.people WHERE person = $1", person))

    if not await attempt(request.app[POOL], f"identity:{openid}", known):
        raise not_found()

    async def create(connection: asyncpg.Connection) -> tuple[int, dict[str, Any]]:
        contact = vault.seal({"name": body["name"], "phone": normalise("phone", body["phone"])})
        return 201, _answer(vault, await connection.fetchrow(BIND, openid, person, masked_name(body["name"]), contact))

    return await create_once(request, create)


async def read_identity(request: web.Request) -> web.StreamResponse:
    """Whether an openid is bound, and to whom by masked name."""
    openid = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with connected(request.app[POOL]) as connection:
        row = await connection.fetchrow("SELECT name, contact, bound_at FROM backend.identities WHERE openid = $1", openid)
    return web.json_response(_answer(request.app[VAULT], row))


async def unbind_identity(request: web.Request) -> web.StreamResponse:
    """Forget the binding; doing it again changes nothing."""
    openid = openid_digest(request.app[VAULT], request.match_info["openid"])
    async with transaction(request.app[POOL]) as connection:
        await connection.execute("DELETE FROM backend.identities WHERE openid = $1", openid)
    return web.json_response(UNBOUND)


def openid_digest(vault: Vault, openid: str) -> str:
    """An openid as the tables hold it."""
    return vault.digest("openid", openid)


def person_digest(vault: Vault, name: str, id_number: str, phone: str) -> str:
    """A person as the tables hold them."""
    return vault.digest("person", normalise("name", name), normalise("id_number", id_number), normalise("phone", phone))


def masked_name(name: str) -> str:
    """「张三丰」 as 「张**」."""
    return name[0] + "*" * (len(name) - 1)


async def bound_contact(connection: asyncpg.Connection, vault: Vault, openid: str) -> dict[str, str] | None:
    """Name and phone of whom the openid (a digest) is bound to; None when it is not, or was before they were kept."""
    sealed = await connection.fetchval("SELECT contact FROM backend.identities WHERE openid = $1", openid)
    return vault.open(sealed) if sealed else None


def masked_phone(phone: str) -> str:
    """「19900000001」 as 「199****0001」."""
    return f"{phone[:3]}****{phone[-4:]}"


def _answer(vault: Vault, row: asyncpg.Record | None) -> dict[str, Any]:
    if row is None:
        return UNBOUND
    phone = masked_phone(vault.open(row["contact"])["phone"]) if row["contact"] else None
    return {"bound": True, "name": row["name"], "phone": phone, "bound_at": row["bound_at"].astimezone(SHANGHAI).isoformat(timespec="seconds")}
