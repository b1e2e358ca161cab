"""Accounts: made, changed and closed by an administrator or by `weijing staff`. Every deed leaves its facts in the audit trail, in the same transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console import audit, session
from console.entry.password import hash_password, made
from console.staff import ROLES
from weijing.refusals import DeskRefused

LOGIN = re.compile(r"[a-z][a-z0-9_.-]{1,31}")
GIVEN_DAYS = 3
"""A password that somebody else gave ends after so many days."""
_GET = text("""
    SELECT p.id, p.name, p.unit_id, p.roles, p.capacity, p.active, p.must_change, p.totp_sealed <> '' AS enrolled, p.created_at, p.demo,
        p.locked_until > now() AS locked, coalesce(u.name, p.unit_id) AS unit
    FROM weijing.staff p LEFT JOIN weijing.units u ON u.id = p.unit_id WHERE p.id = :id""")
_ADD = text(f"""
    INSERT INTO weijing.staff (id, name, unit_id, roles, capacity, password_hash, password_until)
    VALUES (:id, :name, :unit_id, :roles, :capacity, :hash, now() + interval '{GIVEN_DAYS} days') ON CONFLICT DO NOTHING RETURNING 1""")  # noqa: S608  a constant of ours
_CHANGE = text("UPDATE weijing.staff SET name = :name, unit_id = :unit_id, roles = :roles, capacity = :capacity WHERE id = :id")
_GIVE = text(f"""
    UPDATE weijing.staff SET password_hash = :hash, password_until = now() + interval '{GIVEN_DAYS} days', must_change = true, failed = 0, locked_until = NULL,
        totp_sealed = CASE WHEN :totp OR demo THEN '' ELSE totp_sealed END, demo = false WHERE id = :id RETURNING 1""")  # noqa: S608  a constant of ours
_ACTIVE = text("UPDATE weijing.staff SET active = :active WHERE id = :id AND active <> :active RETURNING 1")
_ADMINS = text("SELECT id FROM weijing.staff WHERE active AND roles @> ARRAY['admin'] ORDER BY id FOR UPDATE")
_CODES = text("DELETE FROM weijing.staff_codes WHERE staff_id = :id")


async def get(connection: AsyncConnection, staff_id: str) -> dict[str, Any]:
    """An account as pages show it.

    Raises:
        DeskRefused: there is none.
    """
    row = (await connection.execute(_GET, {"id": staff_id})).mappings().first()
    if row is None:
        raise DeskRefused("没有这个账号", "请回到人员列表再找一找。", 404)
    return {**row, "roles": sorted(row["roles"], key=list(ROLES).index)}


def roles_fault(roles: Iterable[str]) -> str:
    """Why nobody may hold these roles together, Chinese; or nothing."""
    held = set(roles)
    if not held:
        return "至少选一个岗位"
    return "管理员和审计员不能是同一个人：授权的人不能审自己" if {"admin", "auditor"} <= held else ""


async def add(connection: AsyncConnection, by: str, facts: dict[str, Any]) -> str:
    """Make an account; returns its one-time password.

    Args:
        by: who does it.
        facts: id, name, unit_id, roles, capacity.

    Raises:
        DeskRefused: the login name is taken.
    """
    password = made(4)
    if not (await connection.execute(_ADD, {**facts, "hash": hash_password(password)})).first():
        raise DeskRefused("这个登录名已经有人用了", "请换一个登录名；离开的人留下的登录名不再给别人用。", 409)
    await audit.append(connection, by, "staff.added", facts["id"], **{name: facts[name] for name in ("name", "unit_id", "roles", "capacity")})
    return password


async def change(connection: AsyncConnection, by: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Change name, unit, roles and capacity; returns what changed.

    Raises:
        DeskRefused: one's own roles, or those of the last administrator.
    """
    await _keep_an_admin(connection, facts["id"], still="admin" in facts["roles"])
    before = await get(connection, facts["id"])
    changed = audit.changes(before, facts, ("name", "unit_id", "roles", "capacity"))
    if "roles" in changed and facts["id"] == by:
        raise DeskRefused("自己的岗位不能自己改", "请另一位管理员来改。", 403)
    if changed:
        await connection.execute(_CHANGE, facts)
        await audit.append(connection, by, "staff.changed", facts["id"], **changed)
    return changed


async def give_password(connection: AsyncConnection, by: str, staff_id: str, *, totp: bool = False) -> str:
    """A new one-time password; every session of the person ends.

    Args:
        totp: forget the authenticator and its recovery codes too. Never without a new password: the old one alone would open the account.

    Raises:
        DeskRefused: there is no such account.
    """
    password = made(4)
    if not (await connection.execute(_GIVE, {"id": staff_id, "hash": hash_password(password), "totp": totp})).first():
        raise DeskRefused("没有这个账号", "请回到人员列表再找一找。", 404)
    if totp:
        await connection.execute(_CODES, {"id": staff_id})
    await session.end_all(connection, staff_id)
    await audit.append(connection, by, "totp.reset" if totp else "password.reset", staff_id)
    return password


async def set_active(connection: AsyncConnection, by: str, staff_id: str, *, active: bool) -> None:
    """Close an account, whose sessions end at once, or open it again. What the person had in hand goes back to the queue when they give no sign of life.

    Raises:
        DeskRefused: the last administrator's account, or one's own.
    """
    if not active and staff_id == by:
        raise DeskRefused("自己的账号不能自己停用", "请另一位管理员来停用。", 403)
    await _keep_an_admin(connection, staff_id, still=active)
    if (await connection.execute(_ACTIVE, {"id": staff_id, "active": active})).first():
        await session.end_all(connection, staff_id)
        await audit.append(connection, by, "staff.returned" if active else "staff.retired", staff_id)


async def _keep_an_admin(connection: AsyncConnection, staff_id: str, *, still: bool) -> None:
    """Locks the administrators, so that two who leave at once do so one after the other."""
    admins = (await connection.execute(_ADMINS)).scalars().all()
    if not still and admins == [staff_id]:
        raise DeskRefused("这是最后一位管理员", "没有管理员就没人能管账号了。请先让另一个人当管理员。", 409)
