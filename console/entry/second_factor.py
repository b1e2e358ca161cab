"""The second factor: time-based codes (RFC 6238) with one step of tolerance, each taken once, and recovery codes for a phone that is not there."""

from __future__ import annotations

import hashlib
import hmac
import time
from typing import Any, Literal

import pyotp
import segno
from aiohttp import web
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from console.entry.password import made

TOTP_KEY = web.AppKey("totp_key", Fernet)
ISSUER = "微警工作台"
STEP_S = 30
CODES = 10
OFFER_S = 900
"""How long a secret that a page shows can be confirmed."""
Verdict = Literal["right", "used", "wrong"]
_STEP = text("UPDATE weijing.staff SET totp_step = :step WHERE id = :id")
_SPEND = text("UPDATE weijing.staff_codes SET used_at = now() WHERE staff_id = :id AND code_hash = :code AND used_at IS NULL RETURNING 1")
_ENROL = text("UPDATE weijing.staff SET totp_sealed = :sealed, totp_step = :step, demo = false WHERE id = :id")
_CLEAR = text("DELETE FROM weijing.staff_codes WHERE staff_id = :id")
_ADD = text("INSERT INTO weijing.staff_codes (staff_id, code_hash) VALUES (:id, :code)")


def seal_secret(secret: str, key: Fernet) -> str:
    """A secret as it is stored."""
    return key.encrypt(secret.encode()).decode()


def step_of(secret: str, code: str) -> int:
    """The half minute that a code belongs to, if it is that of now or of 30 s before or after; else 0."""
    now, totp = int(time.time()) // STEP_S, pyotp.TOTP(secret)
    return next((step for step in (now, now - 1, now + 1) if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode())), 0)


async def check(connection: AsyncConnection, row: Any, code: str, key: Fernet, pepper: bytes) -> Verdict:
    """Judge a code or recovery code and use it up, in the caller's transaction, which has locked the person's row.

    Args:
        row: id, totp_sealed, totp_step of the person.
        pepper: key of the recovery codes' digests.
    """
    step = step_of(key.decrypt(row.totp_sealed.encode()).decode(), code)
    if step:
        if step <= row.totp_step:
            return "used"
        await connection.execute(_STEP, {"id": row.id, "step": step})
        return "right"
    spent = (await connection.execute(_SPEND, {"id": row.id, "code": _digest(code, pepper)})).first()
    return "right" if spent else "wrong"


async def new_codes(connection: AsyncConnection, staff_id: str, pepper: bytes) -> list[str]:
    """Ten new recovery codes instead of those there were; shown once, stored as digests."""
    codes = [made(3) for _ in range(CODES)]
    await connection.execute(_CLEAR, {"id": staff_id})
    await connection.execute(_ADD, [{"id": staff_id, "code": _digest(code, pepper)} for code in codes])
    return codes


async def enrol(connection: AsyncConnection, staff_id: str, secret: str, step: int, key: Fernet) -> None:
    """From now on the codes are those of this secret; the code that confirmed it is used."""
    await connection.execute(_ENROL, {"id": staff_id, "sealed": seal_secret(secret, key), "step": step})


def offer(staff_id: str, key: Fernet, secret: str = "") -> str:
    """A secret for a page to carry until it is confirmed: sealed, this person's alone, and for a quarter of an hour."""
    return key.encrypt(f"{staff_id} {secret or pyotp.random_base32()}".encode()).decode()


def offered(token: str, staff_id: str, key: Fernet) -> str:
    """The secret of an offer; empty when it is over or somebody else's."""
    try:
        owner, _, secret = key.decrypt(token.encode(), ttl=OFFER_S).decode().partition(" ")
    except InvalidToken:
        return ""
    return secret if owner == staff_id else ""


def picture(secret: str, staff_id: str) -> str:
    """The QR code that authenticators read, as an SVG in a data URI."""
    return segno.make(pyotp.TOTP(secret).provisioning_uri(name=staff_id, issuer_name=ISSUER), error="m").svg_data_uri(scale=5, border=2, light="#fff")


def _digest(code: str, pepper: bytes) -> str:
    plain = code.lower().replace("-", "").replace(" ", "")
    return hmac.new(pepper, plain.encode(), hashlib.sha256).hexdigest()
