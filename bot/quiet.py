"""Rasa logs through structlog, which prints every debug line, with user text and slots, unless somebody configures it."""

from __future__ import annotations

import logging

import structlog


def quiet_rasa() -> None:
    """Let only warnings and errors of Rasa through; call it before a model is loaded."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("rasa").setLevel(logging.WARNING)
