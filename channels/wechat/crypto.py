"""WeChat's message encryption (消息加解密): AES-256-CBC, PKCS#7 in blocks of 32, `random(16) + length(4) + message + appid`.

wechatpy takes the last byte as the padding without looking at the rest and has no second key, so this stands on `cryptography` alone.
"""

from __future__ import annotations

import base64
import hmac
import secrets
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from weijing.errors import PushRejected, SettingsError

_BLOCK = 32
_HEAD = 20


class MessageCipher:
    """One EncodingAESKey.

    Args:
        encoding_aes_key: 43 characters, as shown on the server configuration page.
        app_id: the account's AppID, part of every message.

    Raises:
        SettingsError: the key is no key.
    """

    def __init__(self, encoding_aes_key: str, app_id: str) -> None:
        try:
            key = base64.b64decode(encoding_aes_key + "=")
        except ValueError:
            key = b""
        if len(key) != 32:
            raise SettingsError("WECHAT_AES_KEY is not an EncodingAESKey of 43 characters; copy it from the server configuration page")
        self._cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16]))
        self._app_id = app_id.encode()

    def open(self, encrypt: str) -> bytes:
        """The message inside the content of an Encrypt element.

        Raises:
            PushRejected: not base64, another key, broken padding, or sealed for another account.
        """
        try:
            sealed = base64.b64decode(encrypt, validate=True)
        except ValueError:
            raise PushRejected("the encrypted body is no base64") from None
        if len(sealed) < _BLOCK or len(sealed) % 16:
            raise PushRejected("the encrypted body has no whole blocks")
        decryptor = self._cipher.decryptor()
        return self._unwrap(_unpad(decryptor.update(sealed) + decryptor.finalize()))

    def seal(self, message: str) -> str:
        """Encrypt a reply; the content of its Encrypt element."""
        data = message.encode()
        plain = secrets.token_bytes(16) + struct.pack(">I", len(data)) + data + self._app_id
        pad = _BLOCK - len(plain) % _BLOCK
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()).decode()

    def _unwrap(self, plain: bytes) -> bytes:
        if len(plain) < _HEAD:
            raise PushRejected("the decrypted body is too short")
        end = _HEAD + int(struct.unpack(">I", plain[16:_HEAD])[0])
        # The receiver check of the official page: a body of another account's must not pass.
        if end > len(plain) or not hmac.compare_digest(plain[end:], self._app_id):
            raise PushRejected("the push is not for our AppID")
        return plain[_HEAD:end]


class Keyring:
    """The current key and the one before: after a rotation WeChat may still use the old one for a while.

    Args:
        keys: EncodingAESKeys, the current one first; empty ones are left out.
        app_id: the account's AppID.
    """

    def __init__(self, keys: list[str], app_id: str) -> None:
        self._ciphers = [MessageCipher(key, app_id) for key in keys if key]

    def open(self, encrypt: str) -> tuple[bytes, MessageCipher]:
        """(message, the cipher that opened it): the reply must be sealed with the same.

        Raises:
            PushRejected: no key opens it.
        """
        for cipher in self._ciphers[:-1]:
            try:
                return cipher.open(encrypt), cipher
            except PushRejected:
                continue
        if not self._ciphers:
            raise PushRejected("the push is encrypted, but WECHAT_AES_KEY is not set")
        return self._ciphers[-1].open(encrypt), self._ciphers[-1]


def _unpad(plain: bytes) -> bytes:
    pad = plain[-1]
    if not 1 <= pad <= _BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise PushRejected("the padding is broken: another key, or a changed body")
    return plain[:-pad]
