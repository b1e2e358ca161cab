"""The last hop of the web chat: a line in the visitor's log, which every open page reads."""

from __future__ import annotations

from channels.outlet import Outcome
from store.message import Bubble
from store.webchat_log import WebchatLog


class WebchatOutlet:
    """Delivers to visitors of the web chat, for one sender.

    Args:
        log: the logs.
    """

    def __init__(self, log: WebchatLog) -> None:
        self._log = log

    async def deliver(self, openid: str, message_key: str, bubbles: tuple[Bubble, ...], attempt: int) -> Outcome:
        """Show earlier replies that are ready, then this one; what an edge has shown meanwhile is not shown again.

        Raises:
            StoreUnavailable: Redis did not answer; the reply is due again when its time runs out.
        """
        await self._log.catch_up(openid)
        await self._log.show(openid, message_key, list(bubbles))
        return Outcome("sent", via="webchat")
