"""Where each process of the house listens, and whether it can."""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterable

from weijing.errors import StartError
from weijing.settings import Settings

LISTENERS = {
    "backend": ("backend_host", "backend_port"),
    "projector": (None, "projector_port"),
    "bot": (None, "bot_port"),
    "sender": (None, "sender_port"),
    "courier": (None, "courier_port"),
    "evidence": (None, "evidence_port"),
    "trainer": (None, "trainer_port"),
    "edge": ("edge_host", "edge_port"),
    "console": ("console_host", "console_port"),
}
"""Process -> its settings for host (None: 127.0.0.1) and port, in the order of starting."""

_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  how to reach ourselves when we listen everywhere


def listener(settings: Settings, name: str) -> tuple[str, int]:
    """Host and port that a process listens on."""
    host, port = LISTENERS[name]
    return (getattr(settings, host) if host else "127.0.0.1"), getattr(settings, port)


def base_url(settings: Settings, name: str) -> str:
    """How this machine reaches a process."""
    host, port = listener(settings, name)
    host = _EVERYWHERE.get(host, host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def check_ports(settings: Settings, names: Iterable[str]) -> None:
    """See before anything starts that every port is free.

    Raises:
        StartError: one is not; the sentence names the setting.
    """
    users: dict[int, str] = {}
    for name in names:
        host, port = listener(settings, name)
        setting = LISTENERS[name][1].upper()
        if port in users:
            raise StartError(f"{setting} and {users[port]} are both {port}; give each process a port of its own")
        users[port] = setting
        _check(host, port, setting)


def _check(host: str, port: int, setting: str) -> None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise StartError(f"port {port} is taken by another program; stop it or set {setting}") from None
        raise StartError(f"cannot listen on {host}:{port} ({error.strerror}); set {setting}") from None
