"""How many people bear a name, in bands, as the bureau's register knows; left out when it does not answer at once. The names go nowhere else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from actions.client import backend
from actions.naming_check import known
from weijing.errors import BackendRefused, BackendUnavailable

log = logging.getLogger(__name__)

PATIENCE_S = 1.0
"""The answer on the name itself does not wait longer for it."""


async def namesakes(openid: str, names: Sequence[str]) -> tuple[str, list[str]]:
    """Among whom people were counted, and how many bear each name in words; empty texts when nobody says so now."""
    try:
        found = await asyncio.wait_for(backend().namesakes(openid, list(names)), PATIENCE_S)
    except (BackendUnavailable, BackendRefused, asyncio.TimeoutError) as error:
        log.info("names are looked at without their namesakes: %s", type(error).__name__)
        return "", [""] * len(names)
    return str(found["scope"]), [str(known()["namesakes"][band]) for band in found["bands"]]
