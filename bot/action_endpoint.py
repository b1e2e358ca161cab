"""Actions run in the worker's process: the endpoint calls rasa_sdk's executor instead of a server."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

Hook = Callable[[str], Awaitable[None]]
"""Called with the action's name after it ran; the chaos test kills the worker here."""


class InProcessActions(EndpointConfig):
    """An action endpoint that is a Python package.

    Args:
        package: its `Action` subclasses are registered.
        after: called after each action, before its events reach the tracker.
    """

    def __init__(self, package: str = "actions", after: Hook | None = None) -> None:
        super().__init__(url="in-process", enable_selective_domain=True)
        self._executor = ActionExecutor()
        self._executor.register_package(package)
        self._after = after

    async def request(self, method: str = "post", subpath: str | None = None, content_type: str | None = None, compress: bool = False, **kwargs: Any) -> Any:
        """Run the action that `json` names.

        Raises:
            ClientResponseError: with status 400 when the action rejects to run, as Rasa expects it.
            Exception: whatever the action raised; it leaves the turn.
        """
        call = kwargs["json"]
        try:
            result = await self._executor.run(call)
        except ActionExecutionRejection as error:
            raise ClientResponseError(400, "rejected", json.dumps({"action_name": error.action_name, "error": error.message})) from error
        if self._after:
            await self._after(call["next_action"])
        return result
