"""`/h5/upload`: several pictures for a report at once. With JavaScript each is sent by itself and shows its progress; without, all go with the form."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from aiohttp import web

from channels.h5.desk import DESK, Desk, render
from channels.h5.parcel import MOST, REASONS, Part, keep, read_parts
from store.evidence import EvidenceStore
from weijing.errors import EvidenceRefused
from weijing.links import sign
from weijing.refusals import PageRefused

FORM = "add_evidence"


@dataclass
class Parcel:
    """What one request brought: ids that are kept, and (file name, reason) of what is not."""

    openid: str = ""
    token: str = ""
    kept: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


async def show(request: web.Request) -> web.StreamResponse:
    """Choose pictures."""
    desk = request.app[DESK]
    openid = await desk.user(request)
    _store(desk)
    return render(request, "upload.html", {"token": desk.tokens.make(openid, FORM), "most": MOST})


async def keep_one(request: web.Request) -> web.StreamResponse:
    """One picture of the page; the ticket says that this user sent it."""
    desk = request.app[DESK]
    parcel = await _open(request, desk, most=1)
    if parcel.refused or not parcel.kept:
        return web.json_response({"error": parcel.refused[0][1] if parcel.refused else REASONS["empty"]}, status=422)
    return web.json_response({"ticket": f"{parcel.kept[0]}.{_seal(desk, parcel.openid, parcel.kept[0])}"})


async def hand_in(request: web.Request) -> web.StreamResponse:
    """All pictures in one message; the bot answers in the chat, where the report goes on."""
    desk = request.app[DESK]
    parcel = await _open(request, desk, most=MOST)
    kept = list(dict.fromkeys(parcel.kept))[:MOST]
    if kept:
        await desk.limits.count("form", parcel.openid)
        await desk.submissions.tell(desk.submissions.message(parcel.openid, FORM, parcel.token, {"media": " ".join(kept)}))
    elif not parcel.refused:
        raise PageRefused("还没有选图片", "请先选一张或几张图片，再点提交。", 422, again=request.path)
    context = {"kept": len(kept), "refused": parcel.refused, "verified": desk.settings.wechat_verified}
    return render(request, "uploaded.html", context, 200 if kept else 422)


async def _open(request: web.Request, desk: Desk, *, most: int) -> Parcel:
    """Read the request: first the token, then tickets of pictures that are kept already, then pictures.

    Raises:
        PageRefused: not allowed, or not to be read.
        StoreUnavailable: a picture could not be stored.
    """
    parcel, store = Parcel(), _store(desk)

    async def take(part: Part) -> None:
        if not parcel.openid:
            parcel.openid, parcel.token = await desk.sender(request, part.text if part.name == "token" else "", FORM), part.text
        elif part.name == "ticket":
            parcel.kept += _ticket(desk, parcel.openid, part.text)
        elif part.filename:
            await _keep(desk, store, parcel, part, most)

    await read_parts(request, take)
    return parcel


async def _keep(desk: Desk, store: EvidenceStore, parcel: Parcel, part: Part, most: int) -> None:
    try:
        if len(parcel.kept) >= most:
            raise EvidenceRefused("too many at once", "too_many")
        await desk.limits.count("file", parcel.openid)
        parcel.kept.append(await keep(store, desk.settings.derived_key("h5-upload"), parcel.openid, parcel.token, part))
    except EvidenceRefused as error:
        parcel.refused.append((part.filename, REASONS[error.reason]))


def _ticket(desk: Desk, openid: str, ticket: str) -> list[str]:
    """The id of a ticket that we gave to this user; another one is passed over."""
    id_, _, seal = ticket.partition(".")
    return [id_] if hmac.compare_digest(_seal(desk, openid, id_).encode(), seal.encode("utf-8", "surrogateescape")) else []


def _seal(desk: Desk, openid: str, id_: str) -> str:
    return sign(desk.settings.derived_key("h5-upload"), openid, id_)


def _store(desk: Desk) -> EvidenceStore:
    if desk.evidence is None:
        raise PageRefused("现在不能上传", "请把图片直接发到对话里，一张一张发也一样。", 503)
    return desk.evidence


ROUTES = [web.get("/upload", show), web.post("/upload", hand_in), web.post("/upload/files", keep_one)]
