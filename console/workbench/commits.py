"""Commits of the bureau's data as pages show them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

from dulwich.objects import Blob, Commit, ObjectID
from dulwich.repo import Repo as Git

from console.staff import Staff


@dataclass(frozen=True)
class Change:
    """One commit.

    Args:
        author: the trainer's name.
        title: first line of the message; `words` the rest.
    """

    id: str
    author: str
    staff_id: str
    at: datetime
    title: str
    words: str
    first: bool


def author_line(author: Staff) -> bytes:
    """The trainer as git writes an author."""
    plain = "".join(sign for sign in author.name if sign.isprintable() and sign not in "<>")
    return f"{plain} <{author.id}@weijing>".encode()


def change_of(commit: Commit) -> Change:
    """A commit as pages show it."""
    author, _, address = commit.author.decode("utf-8", "replace").partition(" <")
    title, _, words = commit.message.decode("utf-8", "replace").partition("\n")
    at = datetime.fromtimestamp(commit.commit_time, timezone.utc)
    return Change(commit.id.decode(), author, address.partition("@")[0], at, title, words.strip(), not commit.parents)


def text_of(git: Git, sha: ObjectID | None) -> str:
    """A file's text in some commit; empty where there was none."""
    blob = git.object_store[sha] if sha else None
    return blob.data.decode("utf-8", "replace") if isinstance(blob, Blob) else ""
