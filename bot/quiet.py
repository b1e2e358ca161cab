"""Rasa logs through structlog, which prints every debug line, with user text and slots, unless somebody configures it.

Its old libraries also warn while they are imported, and some of them reset the warning filters, so warnings go to a logger that is off.
"""

from __future__ import annotations

import logging

import structlog


def quiet_rasa() -> None:
    """Let only warnings and errors of Rasa through; call it before Rasa is imported."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("rasa").setLevel(logging.WARNING)
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
