"""Routes of the desk."""

from __future__ import annotations

from console.desk import composer, deeds, held, lists, media, talk
from console.desk.reach import decides, reads
from console.route import Handler, Route, get, post
from console.staff import Role
from store.desk_queue import View

_WHO: tuple[Role, ...] = ("agent", "supervisor")
_VIEWS: tuple[View, ...] = ("waiting", "mine", "all", "closed")
_TALK = "/desk/talks/{openid}"


def _read(path: str, handler: Handler, act: str = "conversation.read", *, quiet: bool = False) -> Route:
    return get(f"{_TALK}/{path}", handler, act, *_WHO, reach=reads, quiet=quiet)


def _deed(path: str, handler: Handler, act: str, *, quiet: bool = False) -> Route:
    return post(f"{_TALK}/{path}", handler, act, *_WHO, reach=reads, quiet=quiet)


ROUTES: tuple[Route, ...] = (
    *(get(f"/desk/{view}", lists.show_list(view), "queue.read", *_WHO) for view in _VIEWS),
    get("/desk/rows", lists.show_rows, "queue.read", *_WHO, quiet=True),
    get("/counts", lists.show_counts, "counts.read", *_WHO, quiet=True),
    post("/desk/alive", deeds.alive, "conversation.attend", *_WHO, quiet=True),
    post("/desk/views", lists.save_view, "view.save", *_WHO),
    post("/desk/views/drop", lists.drop_view, "view.drop", *_WHO),
    get("/desk/held", held.show_held, "held.read", *_WHO),
    post("/desk/held/{key}/approve", held.approve, "held.approve", *_WHO, reach=decides),
    post("/desk/held/{key}/edit", held.edit, "held.edit", *_WHO, reach=decides),
    post("/desk/held/{key}/refuse", held.refuse, "held.refuse", *_WHO, reach=decides),
    get("/desk/items", composer.show_items, "item.find", *_WHO, quiet=True),
    get("/desk/canned", composer.show_canned, "canned.find", *_WHO, quiet=True),
    *(get(f"/desk/{view}/{{openid}}", talk.show_talk(view), "conversation.read", *_WHO, reach=reads) for view in _VIEWS),
    _read("head", talk.show_head, quiet=True),
    _read("lines", talk.show_lines, quiet=True),
    _read("info", talk.show_info, quiet=True),
    _read("older", talk.show_older),
    _read("matters", talk.show_matters, "matters.read"),
    _read("dialog", deeds.show_dialog, "conversation.ask"),
    _read("suggestion", composer.suggest),
    _read("files/{id}", media.show_file, "evidence.read"),
    _deed("claim", deeds.claim, "conversation.claim"),
    _deed("transfer", deeds.transfer, "conversation.transfer"),
    _deed("return", deeds.give_back, "conversation.return"),
    _deed("close", deeds.close, "conversation.close"),
    _deed("note", deeds.note, "note.write"),
    _deed("reply", composer.reply, "conversation.reply"),
    _deed("retry", composer.retry, "conversation.retry"),
    _deed("typing", composer.typing, "conversation.typing", quiet=True),
)
"""Quiet reads of a conversation are those that an open page asks for by itself; they note the reading once in ten minutes (`console.desk.reading`)."""
