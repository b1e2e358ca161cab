"""When the bot is sure enough to act. Set on what the classifier says of training examples that it had not seen (`bot.nlu.trainer.solve`), never on a test."""

from __future__ import annotations

from dataclasses import dataclass

CAREFUL = frozenset({
    "add_evidence", "withdraw_report", "file_report", "file_declaration", "file_residence", "file_bank_identity", "find_office", "foreign_language",
    "ride_contact", "cancel_appointment", "follow_progress",
})  # fmt: skip
"""Intents that are right only every second time between `sure` and `careful` (unseen scores of the training), and whose wrong answer costs the user."""
SHORT = 4
"""Characters of a message that is a word or two: as often wrong below `short`."""


@dataclass(frozen=True)
class Thresholds:
    """When the bot is sure.

    Args:
        sure: the confidence from which the best intent is acted on.
        half: from which it is offered as a button.
        margin: the lead over the second that an answer needs.
        item: the share of a service item, among those that may be meant, from which it is answered for.
        emergency: the confidence of `emergency` from which the card is shown where the screen was silent.
        careful: the confidence from which one of `CAREFUL` is acted on.
        short: the confidence from which a message of up to `SHORT` characters is acted on.
    """

    sure: float = 0.45
    half: float = 0.2
    margin: float = 0.1
    item: float = 0.45
    emergency: float = 0.3
    careful: float = 0.65
    short: float = 0.6

    def alarming(self, text: str) -> float:
        """The confidence from which `emergency` is acted on: of a word or two the model knows little, and the words of danger are the screen's."""
        return self.short if _is_short(text) else self.emergency

    def needed(self, intent: str, text: str) -> float:
        """The confidence from which this intent is acted on."""
        if intent == "request_handoff":  # a person helps whoever was misunderstood
            return self.sure
        return max(self.sure, self.careful if intent in CAREFUL else 0.0, self.short if _is_short(text) else 0.0)


def _is_short(text: str) -> bool:
    return len(text.rstrip(" 。.!?,，！？~")) <= SHORT
