"""The trained model, loaded once for the session."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot import lean, patches

if TYPE_CHECKING:
    from bot.processor import TurnProcessor

if "tensorflow" not in sys.modules:  # in a whole run other rooms have loaded the real one; the components work with both
    lean.install()


@pytest.fixture(scope="session")
def processor(model_path: Path) -> TurnProcessor:
    """Ready to parse."""
    from rasa.utils.endpoints import EndpointConfig

    from bot.processor import load_processor
    from bot.quiet import quiet_rasa

    quiet_rasa()
    patches.apply()
    return load_processor(model_path, EndpointConfig())
