"""What the backend does with secrets: seals contacts and stored answers, and keeps proofs only as salted hashes.

Everything hangs on the setting `VAULT_KEY`: with another key sealed values cannot be opened and proofs no longer fit.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from aiohttp import web
from cryptography.fernet import Fernet

from weijing.errors import SettingsError

SCRYPT_N = 2**12
"""Cost of one hash: about 4 MiB and 15 ms. Identity numbers and phones have few values, so the key goes in as pepper as well."""
SALT_BYTES = 16


class Vault:
    """Seals and hashes under one key.

    Raises:
        SettingsError: the key is not 32 bytes in URL-safe base64.
    """

    def __init__(self, key: str) -> None:
        try:
            self._fernet = Fernet(key)
        except ValueError:
            raise SettingsError("VAULT_KEY must be 32 bytes in URL-safe base64") from None
        self._pepper = hmac.digest(key.encode(), b"backend proofs", "sha256")
        self._nobody = base64.b64encode(bytes(SALT_BYTES) + secrets.token_bytes(64)).decode()

    def seal(self, value: Any) -> str:
        """A JSON value, encrypted and authenticated (Fernet)."""
        return self._fernet.encrypt(json.dumps(value, ensure_ascii=False).encode()).decode()

    def open(self, sealed: str) -> Any:
        """What `seal` sealed."""
        return json.loads(self._fernet.decrypt(sealed.encode()))

    def digest(self, *parts: str) -> str:
        """A keyed digest that recognises the same parts again and tells nobody what they were."""
        return hmac.new(self._pepper, json.dumps(parts).encode(), hashlib.sha256).hexdigest()

    def hash(self, proof: str) -> str:
        """A proof as it is stored: salt and hash. Takes its time: call it in a thread."""
        salt = secrets.token_bytes(SALT_BYTES)
        return base64.b64encode(salt + self._scrypt(proof, salt)).decode()

    def fits(self, proof: str, stored: str | None) -> bool:
        """Whether the proof is the stored one; takes as long when nothing is stored. Call it in a thread."""
        raw = base64.b64decode(stored or self._nobody)
        same = hmac.compare_digest(self._scrypt(proof, raw[:SALT_BYTES]), raw[SALT_BYTES:])
        return same and stored is not None

    def _scrypt(self, proof: str, salt: bytes) -> bytes:
        return hashlib.scrypt(proof.encode(), salt=salt + self._pepper, n=SCRYPT_N, r=8, p=1)


VAULT = web.AppKey("vault", Vault)
SEALED = web.AppKey("sealed", Vault)
"""The vault of reporters who asked for secrecy (公安机关办理行政案件程序规定 art. 63, 刑事案件程序规定 art. 173).

It has a key of its own; only `backend/seal_openings.py` opens what it sealed, for who asked with a reason and was approved by a second person.
"""


def sealed_vault(key: bytes) -> Vault:
    """The vault under 32 derived bytes (`Settings.derived_key`)."""
    return Vault(base64.urlsafe_b64encode(key).decode())
