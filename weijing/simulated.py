"""Who the simulator's people are: known here, so that the reference backend can give them something to follow."""

from __future__ import annotations

import hashlib

FIRST_USERS = ("王女士", "李先生", "小陈")
"""Those who are there from the start."""
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def openid_of(app_id: str, name: str) -> str:
    """28 characters that begin with `o`, as WeChat's do; a name's differ between accounts and stay the same between runs."""
    digest = hashlib.sha256(f"{app_id}|{name}".encode()).digest()
    return "o" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:27])
