"""The accounts of a demo: one for each role, with a password and a code made for this installation alone. Production starts with none of them."""

from __future__ import annotations

import pyotp
from cryptography.fernet import Fernet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from console.entry.password import hash_password
from console.entry.second_factor import seal_secret
from weijing.errors import StartError

PEOPLE = (
    ("zuoxi1", "林坐席", "desk", ["agent"]),
    ("zuoxi2", "陈坐席", "desk", ["agent"]),
    ("zhuguan", "周主管", "desk", ["agent", "supervisor"]),
    ("ducha", "孙督察", "supervision", ["agent", "supervisor"]),
    ("xunlian", "吴训练", "desk", ["trainer"]),
    ("shenji", "郑审计", "supervision", ["auditor"]),
    ("guanli", "王管理", "desk", ["admin"]),
)
"""(login name, name, unit, roles)."""
_ADD = text("""
    INSERT INTO weijing.staff (id, name, unit_id, roles, password_hash, totp_sealed, must_change, demo)
    VALUES (:id, :name, :unit, :roles, :password, :totp, false, true) ON CONFLICT (id) DO NOTHING""")
_LEFT = text("SELECT id FROM weijing.staff WHERE demo AND active ORDER BY id")


async def add_people(engine: AsyncEngine, password: str, secret: str, key: Fernet) -> None:
    """Add who is not there yet; all share the demo's password and the secret of its codes."""
    stored, sealed = hash_password(password), seal_secret(secret, key)
    async with engine.begin() as connection:
        for login, name, unit, roles in PEOPLE:
            await connection.execute(_ADD, {"id": login, "name": name, "unit": unit, "roles": roles, "password": stored, "totp": sealed})


async def refuse_people(engine: AsyncEngine) -> None:
    """Production does not start while an account can be entered with the demo's password or codes.

    Raises:
        StartError: names the accounts and the commands that mend it.
    """
    async with engine.connect() as connection:
        left = (await connection.execute(_LEFT)).scalars().all()
    if left:
        commands = "`weijing staff password NAME` gives one to who stays, `weijing staff retire NAME` closes the others"
        raise StartError(f"the demo's password still opens {', '.join(left)}: {commands}")


def code_now(secret: str) -> str:
    """The six digits of this half minute."""
    return pyotp.TOTP(secret).now()
