"""Passwords and time-based codes: argon2id with the library's current parameters, TOTP (RFC 6238) with one step of tolerance."""

from __future__ import annotations

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.fernet import Fernet

_HASHER = PasswordHasher()
NOBODY = _HASHER.hash("nobody")
"""Checked when a name is unknown, so that an answer takes as long as for a known one."""


def hash_password(password: str) -> str:
    """As it is stored."""
    return _HASHER.hash(password)


def fits(stored: str, password: str) -> bool:
    """Whether this is the password; takes the same time for an unknown name if `stored` is `NOBODY`."""
    try:
        return _HASHER.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def code_fits(sealed: str, code: str, key: Fernet) -> bool:
    """Whether a six-digit code is that of now, or of 30 s before or after."""
    return pyotp.TOTP(key.decrypt(sealed.encode()).decode()).verify(code, valid_window=1)


def seal_secret(secret: str, key: Fernet) -> str:
    """A TOTP secret as it is stored."""
    return key.encrypt(secret.encode()).decode()
