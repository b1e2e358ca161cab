"""Requests that are left to run out: without the customer-service right a slow answer can only go out on one of WeChat's three requests."""

from __future__ import annotations

import asyncio
from collections import deque

REQUESTS = 3
"""WeChat sends a push so often, 5 s apart, while nothing comes back (接收普通消息)."""
EXTRA_S = 0.4
"""Such a request is still answered so long after the deadline of 4.5 s; WeChat cuts at 5 s."""
RUN_OUTS = 20
"""So many requests in `WINDOW_S` an edge leaves to run out. WeChat counts each as a failure, and after many of them (MarkFail, 接口告警) it pushes nothing to
anybody for a minute; it does not say how many."""
WINDOW_S = 300.0


class RunOuts:
    """The allowance of one edge."""

    def __init__(self) -> None:
        self._times: deque[float] = deque()

    def take(self) -> bool:
        """Use one; False when they are used up."""
        now = asyncio.get_running_loop().time()
        while self._times and self._times[0] < now - WINDOW_S:
            self._times.popleft()
        if len(self._times) >= RUN_OUTS:
            return False
        self._times.append(now)
        return True
