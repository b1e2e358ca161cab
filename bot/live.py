"""Users whose trackers a worker keeps in memory between turns, least recently used ones dropped first."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.window import restore
from store.commits import UserState
from store.keys import partition

MAX_LIVE = 1024
"""A miss costs a read and a restore; 448 users in rotation on a cache of 256 cost a quarter of the messages a second, and no memory was saved."""


@dataclass
class LiveUser:
    """A restored user.

    Args:
        tracker: header and window, as Rasa sees it.
        header: how many of the tracker's first events are the header.
        length: events ever committed; the next commit is on condition that this still holds.
        vault: reference -> encrypted value, as committed.
    """

    tracker: DialogueStateTracker
    header: int
    length: int
    vault: dict[str, str]


class LiveUsers:
    """The cache; it is only right while the worker holds the user's partition, and each commit proves that."""

    def __init__(self) -> None:
        self._users: OrderedDict[str, LiveUser] = OrderedDict()

    def get(self, openid: str) -> LiveUser | None:
        """The live user, or None."""
        user = self._users.get(openid)
        if user:
            self._users.move_to_end(openid)
        return user

    def restore(self, openid: str, domain: Domain, state: UserState) -> LiveUser:
        """Build the user from what is stored; it becomes live with `keep`, after its first commit."""
        tracker = restore(openid, domain, state.header, state.events)
        return LiveUser(tracker, len(state.header), state.length, dict(state.vault))

    def keep(self, openid: str, user: LiveUser) -> None:
        """The user's turn is committed."""
        self._users[openid] = user
        self._users.move_to_end(openid)
        while len(self._users) > MAX_LIVE:
            self._users.popitem(last=False)

    def drop(self, openid: str) -> None:
        """The tracker can no longer be trusted."""
        self._users.pop(openid, None)

    def drop_partition(self, part: int) -> None:
        """The partition is another worker's now."""
        for openid in [openid for openid in self._users if partition(openid) == part]:
            del self._users[openid]
