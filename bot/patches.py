"""The two places where Rasa 3.6.21 cannot be extended and must be replaced; `tests/bot/test_lean.py` fails on any other version.

Everything else goes through Rasa's own extension points.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

RASA_VERSION = "3.6.21"
"""The version these patches were written for."""


def apply() -> None:
    """Replace both; a second call does nothing.

    - `RemoteAction._validate_action_result` lets jsonschema check the schema itself again on each call: 33 ms with jsonschema 4.26, on each action,
      form validation and slot extraction. `deserialise_events` checks the events anyway; the shape is checked here.
    - `rasa.shared.utils.common.all_subclasses` walks the class tree for each event of a restored tracker; after start-up the answer never changes.
    """
    import rasa.shared.utils.common
    from rasa.core.actions.action import RemoteAction

    if RemoteAction._validate_action_result is _shape_is_right:
        return
    RemoteAction._validate_action_result = _shape_is_right
    rasa.shared.utils.common.all_subclasses = lru_cache(maxsize=None)(rasa.shared.utils.common.all_subclasses)


def _shape_is_right(self: Any, result: dict[str, Any]) -> bool:
    """Stands for `RemoteAction._validate_action_result`.

    Raises:
        jsonschema.ValidationError: as the original does, if events or responses are no lists of objects.
    """
    for part in ("events", "responses"):
        values = result.get(part, [])
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            from jsonschema import ValidationError

            raise ValidationError(f"an action answered {part} that are not a list of objects")
    return True
