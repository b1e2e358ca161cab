"""`weijing staff`: the accounts of the console, for whoever may log in to the machine; the way to the first administrator."""

from __future__ import annotations

import asyncio
from argparse import ArgumentParser, Namespace
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.admin import accounts
from console.entry.demo import PEOPLE, code_now
from console.staff import ROLES
from store.db import async_engine
from weijing.embedded import with_running_engines
from weijing.errors import InputError
from weijing.refusals import DeskRefused
from weijing.settings import load_settings

OPERATOR = "operator"
"""Who did it, in the audit trail."""
Deed = Callable[[AsyncConnection, Namespace], Awaitable[str]]
_LIST = text("SELECT id, name, unit_id, roles, active, must_change, totp_sealed <> '' AS enrolled FROM weijing.staff ORDER BY active DESC, id")


def main(argv: list[str]) -> int:
    """Do one deed and say its outcome.

    Raises:
        InputError: it cannot be done; the sentence says why.
        EngineError: DATABASE_URL is no PostgreSQL address, and no house runs on this machine.
    """
    options = _parser().parse_args(argv)
    print(_code() if options.deed == "code" else asyncio.run(_do(DEEDS[options.deed], options)))
    return 0


async def _do(deed: Deed, options: Namespace) -> str:
    engine = async_engine(with_running_engines(load_settings()).database_url)
    try:
        async with engine.begin() as connection:
            return await deed(connection, options)
    except DeskRefused as refused:
        raise InputError(f"{refused.message}。{refused.words}") from None
    finally:
        await engine.dispose()


async def _add(connection: AsyncConnection, options: Namespace) -> str:
    if not accounts.LOGIN.fullmatch(options.name):
        raise InputError("a login name is two to 32 of a-z 0-9 _ . - and begins with a letter")
    if fault := accounts.roles_fault(options.role):
        raise InputError(fault)
    facts = {"id": options.name, "name": options.called or options.name, "unit_id": options.unit, "capacity": options.capacity}
    facts["roles"] = [role for role in ROLES if role in options.role]
    return _given(options.name, await accounts.add(connection, OPERATOR, facts))


async def _password(connection: AsyncConnection, options: Namespace) -> str:
    return _given(options.name, await accounts.give_password(connection, OPERATOR, options.name, totp=True))


async def _retire(connection: AsyncConnection, options: Namespace) -> str:
    await accounts.get(connection, options.name)
    await accounts.set_active(connection, OPERATOR, options.name, active=False)
    return f"{options.name} can no longer log in"


async def _list(connection: AsyncConnection, _: Namespace) -> str:
    rows = (await connection.execute(_LIST)).all()
    lines = [f"{row.id:16s} {','.join(row.roles):24s} {row.unit_id:12s} {_state(row.active, row.must_change, row.enrolled):34s} {row.name}" for row in rows]
    return "\n".join(lines) or "nobody yet: weijing staff add NAME --role admin"


DEEDS: dict[str, Deed] = {"add": _add, "password": _password, "retire": _retire, "list": _list}


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="weijing staff", description=__doc__)
    deeds = parser.add_subparsers(dest="deed", required=True)
    add = deeds.add_parser("add", help="make an account; prints its one-time password")
    add.add_argument("name", help="login name")
    add.add_argument("--role", action="append", choices=tuple(ROLES), required=True, help="may be given several times")
    add.add_argument("--called", default="", help="the name that colleagues read")
    add.add_argument("--unit", default="desk")
    add.add_argument("--capacity", type=int, default=8, help="conversations at a time")
    deeds.add_parser("password", help="a new one-time password, and a new authenticator to set up").add_argument("name")
    deeds.add_parser("retire", help="close an account; its sessions end at once").add_argument("name")
    deeds.add_parser("list", help="all accounts")
    deeds.add_parser("code", help="the code with which the demo accounts log in now")
    return parser


def _state(active: bool, must_change: bool, enrolled: bool) -> str:
    if not active:
        return "closed"
    missing = [words for words, lacks in (("must change the password", must_change), ("no authenticator", not enrolled)) if lacks]
    return ", ".join(missing) or "in use"


def _given(name: str, password: str) -> str:
    return f"one-time password of {name}, good for {accounts.GIVEN_DAYS} days: {password}\nthe first login asks for another and sets up the authenticator"


def _code() -> str:
    settings = load_settings()
    if not settings.demo:
        raise InputError("production has no demo accounts; each person's own authenticator shows the code")
    return f"{code_now(settings.console_demo_totp.get_secret_value())}  {' '.join(login for login, *_ in PEOPLE)}"
