"""The calls of the government service API that are about appointments."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any
from urllib.parse import quote

Json = dict[str, Any]


class AppointmentCalls(ABC):
    """Typed calls, for `actions.client.Backend`; errors as there."""

    @abstractmethod
    async def _call(self, method: str, path: str, body: Json | None = None, key: str = "") -> Json:
        """One call."""

    @abstractmethod
    async def _cached(self, path: str) -> Json:
        """A call whose answer is kept for a moment."""

    async def counters(self, service: str, lat: str | None = None, lng: str | None = None) -> list[Json]:
        """The counters of a service, nearest first where a place is given; those of no place are kept for 20 s."""
        path = f"/v1/counters?service={quote(service)}"
        answer = await self._call("GET", f"{path}&lat={quote(lat)}&lng={quote(lng)}") if lat and lng else await self._cached(path)
        return list(answer["counters"])

    async def slots(self, office_id: str, service: str) -> list[Json]:
        """The free slots of a counter in the next 30 days."""
        return list((await self._call("GET", f"/v1/offices/{quote(office_id)}/slots?service={quote(service)}"))["slots"])

    async def appointments(self, openid: str) -> list[Json]:
        """The open appointments of a user."""
        return list((await self._call("GET", f"/v1/appointments?openid={quote(openid)}"))["appointments"])

    async def appointments_on(self, day: str) -> list[Json]:
        """All open appointments of a day, with openid and whether the user was reminded."""
        return list((await self._call("GET", f"/v1/appointments?date={quote(day)}"))["appointments"])

    async def book(self, appointment: Json, key: str) -> Json:
        """Book a slot; without name or phone for whom the openid is bound to. The same key and body answer the same appointment again."""
        return await self._call("POST", "/v1/appointments", appointment, key)

    async def move_appointment(self, appointment_no: str, move: Json, key: str) -> Json:
        """Move an appointment to another slot."""
        return await self._call("POST", f"/v1/appointments/{quote(appointment_no)}/move", move, key)

    async def cancel_appointment(self, appointment_no: str, openid: str) -> Json:
        """Cancel an appointment; may be repeated."""
        return await self._call("DELETE", f"/v1/appointments/{quote(appointment_no)}?openid={quote(openid)}")

    async def mark_reminded(self, appointment_no: str) -> Json:
        """Note that the user was reminded; may be repeated."""
        return await self._call("PUT", f"/v1/appointments/{quote(appointment_no)}/reminded")
