"""One line an event, on standard error; what looks like a secret or a citizen's number never gets there."""

from __future__ import annotations

import logging
import re
import sys

_SECRET = re.compile(r"((?:access_token|secret|token|appsecret|password|aes_key)[\"']?\s*[=:]\s*[\"']?)[^\s&\"',}]+", re.IGNORECASE)
_NUMBER = re.compile(r"(?<!\d)(\d{6}\d{8}\d{3}[\dXx]|1[3-9]\d{9})(?!\d)")


def redact(text: str) -> str:
    """The text without secrets, identity numbers, phones and line breaks."""
    text = _NUMBER.sub(lambda found: found[0][:3] + "***", _SECRET.sub(r"\1***", text))
    return text.replace("\r", "\\r").replace("\n", "\\n")


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = f"{self.formatTime(record)} {record.levelname.lower():7s} {record.name} {redact(record.getMessage())}"
        if record.exc_info:
            line += "\n" + "\n".join(redact(part) for part in self.formatException(record.exc_info).splitlines())
        return line


def set_up_logs(level: int = logging.INFO) -> None:
    """Send our logs to standard error; called once by each process."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("asyncio", "aiohttp.access", "alembic", "sqlalchemy", "rasa", "matplotlib", "apscheduler"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
