"""Trains the small bot of `tests/bot/small` in seconds, with Rasa's keyword classifier."""

from __future__ import annotations

from pathlib import Path

from bot import lean

SMALL = Path(__file__).parent / "small"
CONFIG = """
recipe: default.v1
assistant_id: small
language: zh
pipeline: [{{name: KeywordIntentClassifier}}]
policies: [{{name: {policy}, core_fallback_threshold: 0.3, core_fallback_action_name: action_default_fallback, enable_fallback_prediction: true}}]
"""


def train_small(folder: Path, policy: str) -> Path:
    """Train into `folder` with the given rule policy; returns the model file."""
    lean.install()
    import rasa.model_training

    config = folder / "config.yml"
    config.write_text(CONFIG.format(policy=policy))
    result = rasa.model_training.train(str(SMALL / "domain.yml"), str(config), [str(SMALL / "data.yml")], output=str(folder))
    return Path(result.model)
