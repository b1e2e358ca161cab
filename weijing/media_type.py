"""What a file that a user sent is, told by its first bytes and never by its name or header, and how large it may be."""

from __future__ import annotations

import filetype

from weijing.errors import EvidenceRefused

_MB = 1024 * 1024

LIMITS = {"image": 10 * _MB, "voice": 2 * _MB, "video": 10 * _MB, "file": 10 * _MB}
"""Bytes by kind: what WeChat takes as temporary media (新增临时素材)."""

_IMAGES = {"image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/bmp"}
_OFFICE = "application/vnd.openxmlformats-officedocument."
TYPES = {
    "image": _IMAGES,
    "voice": {"audio/amr", "audio/mpeg", "audio/mp4", "audio/x-wav", "audio/ogg"},
    "video": {"video/mp4", "video/quicktime", "video/3gpp"},
    "file": {*_IMAGES, "application/pdf", *(_OFFICE + name for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation"))},
}
"""MIME types by kind. Nothing that a browser or a desk would run: no SVG, HTML, archive or program."""


def check_media(kind: str, content: bytes) -> str:
    """The MIME type of a file's content.

    Raises:
        EvidenceRefused: `empty`, `too_large` or `wrong_type` for this kind.
    """
    if not content:
        raise EvidenceRefused("the file is empty", "empty")
    if len(content) > LIMITS[kind]:
        raise EvidenceRefused(f"the file is larger than {LIMITS[kind]} bytes", "too_large")
    guessed = filetype.guess(content)
    media_type = str(guessed.mime) if guessed else ""
    if media_type not in TYPES[kind]:
        raise EvidenceRefused(f"the content is {media_type or 'of no known type'}, which is no {kind} that we take", "wrong_type")
    return media_type
