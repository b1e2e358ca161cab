"""Secrets of a demo account, made once and kept beside the data: production has its own."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from dotenv import dotenv_values

SECRETS_FILE = "secrets.env"


def generated_secrets(var: Path) -> dict[str, str]:
    """Secrets of a demo account, made once and kept in `var/secrets.env` (mode 0600)."""
    path = var / SECRETS_FILE
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        values = {
            "WECHAT_APP_ID": "wx" + secrets.token_hex(8),
            "WECHAT_APP_SECRET": secrets.token_hex(16),
            "WECHAT_TOKEN": secrets.token_hex(12),
            "WECHAT_ORIGINAL_ID": "gh_" + secrets.token_hex(6),
            "WECHAT_AES_KEY": base64.b64encode(secrets.token_bytes(32)).decode().rstrip("="),
            "BACKEND_TOKEN": secrets.token_urlsafe(24),
            "CONSOLE_DEMO_PASSWORD": secrets.token_urlsafe(9),
            "CONSOLE_DEMO_TOTP": base64.b32encode(secrets.token_bytes(20)).decode(),
            "VAULT_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        }
        draft = path.with_suffix(f".{os.getpid()}")
        draft.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
        draft.chmod(0o600)
        try:
            os.link(draft, path)  # another process may have been first: its secrets then count
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return {name: value for name, value in dotenv_values(path).items() if value}
