"""Passwords: argon2id with the library's current parameters, off the event loop, for one hash takes a tenth of a second."""

from __future__ import annotations

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_HASHER = PasswordHasher()
NOBODY = _HASHER.hash("nobody")
"""Checked when a name is unknown, so that an answer takes as long as for a known one."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of given passwords and recovery codes: none looks like another one on paper."""


def hash_password(password: str) -> str:
    """As it is stored."""
    return _HASHER.hash(password)


async def fits(stored: str, password: str) -> bool:
    """Whether this is the password; takes the same time for an unknown name if `stored` is `NOBODY`."""
    return await asyncio.to_thread(_verify, stored, password)


def made(groups: int) -> str:
    """So many groups of four by chance, e.g. `k7qm-x2wd`: 20 bits a group."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(groups))


def _verify(stored: str, password: str) -> bool:
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False
