"""What the workers count; the parent adds the workers up (Prometheus multi-process mode)."""

from __future__ import annotations

from prometheus_client import Counter, Histogram

TURNS = Counter("weijing_turns_total", "Turns committed")
REFUSED = Counter("weijing_commits_refused_total", "Commits refused by one of the three conditions")
DEAD = Counter("weijing_messages_set_aside_total", "Messages that failed three times")
TURN_SECONDS = Histogram("weijing_turn_seconds", "Time of a turn without its commit", buckets=(0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 3, 10))
