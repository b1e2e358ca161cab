"""The git repository of the data that trainers edit. Only this module reads or writes it: an accepted change is one commit with the trainer as author.

It is made from the project's files at first use; the project's own checkout is never committed to.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from difflib import unified_diff
from importlib.metadata import version
from pathlib import Path

from dulwich import porcelain
from dulwich.diff_tree import TreeChange, tree_changes
from dulwich.objects import Commit, ObjectID
from dulwich.repo import Repo as Git

from console.staff import Staff
from console.workbench.commits import Change, author_line, change_of, text_of
from console.workbench.undoing import undone
from weijing.refusals import DeskRefused
from weijing.settings import ROOT

SEED = ("config.yml", "domain.yml", "data/**/*.yml", "data/**/*.txt", "data/**/*.tsv", "tests/nlu/*.yml", "tests/conversations/*.yml")
"""What trainers edit, and what their edits are trained and tested with."""
HOUSE = b"Weijing <weijing@localhost>"
GONE = ("没有这次修改", "请从修改记录里重新选择。")


class Repo:
    """The repository. Calls block: use `asyncio.to_thread`.

    Args:
        folder: where it lies; made at first use.
        source: the project that it begins with.
    """

    def __init__(self, folder: Path, source: Path = ROOT) -> None:
        self.folder, self._source = folder, source

    @contextmanager
    def _git(self) -> Iterator[Git]:
        """The repository alone for us, also against other processes; what a process that died left half-written is as it was."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_name(f"{self.folder.name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            git = Git(str(self.folder)) if (self.folder / ".git").is_dir() else self._begin()
            try:
                yield git
            finally:
                git.close()

    def _begin(self) -> Git:
        half = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(half, ignore_errors=True)
        files = sorted({path for pattern in SEED for path in self._source.glob(pattern)})
        for path in files:
            target = half / path.relative_to(self._source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        with Git.init(str(half)) as git:
            git.get_worktree().stage([str(path.relative_to(self._source)) for path in files])
            git.get_worktree().commit(f"The bureau's data begins with release {version('weijing')}\n".encode(), committer=HOUSE, author=HOUSE)
        half.rename(self.folder)
        return Git(str(self.folder))

    def head(self) -> str:
        """The newest commit."""
        with self._git() as git:
            return git.head().decode()

    def read(self, path: str) -> str:
        """A file as it is now.

        Raises:
            DeskRefused: there is none.
        """
        with self._git():
            return self._text(path)

    def files(self, *patterns: str) -> dict[str, str]:
        """Path -> text of the files as they are now."""
        with self._git():
            found = sorted({path for pattern in patterns for path in self.folder.glob(pattern)})
            return {str(path.relative_to(self.folder)): path.read_text(encoding="utf-8") for path in found}

    def change(self, files: Mapping[str, str], author: Staff, title: str, words: str = "", *, seen: Mapping[str, str] | None = None) -> str:
        """Write files as one commit; returns its id, or an empty string where nothing differs.

        Args:
            seen: the files as they were when the change was made; others' changes since refuse it.

        Raises:
            DeskRefused: 409, somebody else changed one of the files.
        """
        with self._git() as git:
            porcelain.reset(git, "hard")
            for path, text in (seen or {}).items():
                if path in files and self._text(path) != text:
                    raise DeskRefused("别人刚改过同一处", "没有保存。请刷新页面，在新的内容上再改。")
            new = {path: text for path, text in files.items() if not self._path(path).is_file() or self._text(path) != text}
            for path, text in new.items():
                self._path(path).parent.mkdir(parents=True, exist_ok=True)
                self._path(path).write_text(text, encoding="utf-8")
            return self._commit(git, list(new), author, title, words)

    def history(self, limit: int = 50, path: str = "") -> list[Change]:
        """The newest commits first, all or those of one file."""
        with self._git() as git:
            entries = git.get_walker(max_entries=limit, paths=[path.encode()] if path else None)
            return [change_of(entry.commit) for entry in entries]

    def diff(self, commit: str) -> str:
        """What a commit changed, as a unified diff; empty for the first.

        Raises:
            DeskRefused: 404, there is no such commit.
        """
        with self._git() as git:
            pairs = self._pairs(git, commit)
        parts = [unified_diff(old.splitlines(True), new.splitlines(True), path, path, n=2) for path, (old, new) in pairs.items()]
        return "".join(line for part in parts for line in part)

    def change_at(self, commit: str) -> Change:
        """One commit.

        Raises:
            DeskRefused: 404, there is no such commit.
        """
        with self._git() as git:
            return change_of(self._find(git, commit))

    def revert(self, commit: str, author: Staff) -> str:
        """Undo a commit by another; later changes of other lines stay.

        Raises:
            DeskRefused: 404, there is no such commit; 409, its lines were changed since.
        """
        with self._git() as git:
            pairs, title = self._pairs(git, commit), change_of(self._find(git, commit)).title
            if not pairs:
                raise DeskRefused("最初的数据不能撤销", "请选择之后的某次修改。")
            porcelain.reset(git, "hard")
            for path, (old, new) in pairs.items():
                self._path(path).write_text(undone(old, new, self._text(path)), encoding="utf-8")
            return self._commit(git, list(pairs), author, f"撤销：{title}"[:100], f"This reverts commit {commit}.")

    def _commit(self, git: Git, paths: list[str], author: Staff, title: str, words: str) -> str:
        if not paths:
            return ""
        git.get_worktree().stage(paths)
        message = f"{title}\n\n{words}".strip() + "\n"
        return git.get_worktree().commit(message.encode(), committer=HOUSE, author=author_line(author)).decode()

    def _pairs(self, git: Git, commit: str) -> dict[str, tuple[str, str]]:
        """Path -> (text before, text after) of what a commit changed."""
        found = self._find(git, commit)
        if not found.parents:
            return {}
        before = git.object_store[found.parents[0]]
        assert isinstance(before, Commit)
        changes = tree_changes(git.object_store, before.tree, found.tree)
        return {_path_of(one): (text_of(git, one.old and one.old.sha), text_of(git, one.new and one.new.sha)) for one in changes}

    @staticmethod
    def _find(git: Git, commit: str) -> Commit:
        name = ObjectID(commit.encode())
        found = git.object_store[name] if len(commit) == 40 and commit.isalnum() and name in git.object_store else None
        if not isinstance(found, Commit):
            raise DeskRefused(*GONE, 404)
        return found

    def _path(self, path: str) -> Path:
        found = (self.folder / path).resolve()
        if not found.is_relative_to(self.folder.resolve()) or ".git" in found.parts:
            raise DeskRefused("没有这个文件", "请从页面上的列表里选择。", 404)
        return found

    def _text(self, path: str) -> str:
        if not self._path(path).is_file():
            raise DeskRefused("没有这个文件", "请从页面上的列表里选择。", 404)
        return self._path(path).read_text(encoding="utf-8")


def _path_of(change: TreeChange) -> str:
    """Where the file is, or was."""
    entry = change.new if change.new and change.new.path else change.old
    return (entry.path if entry and entry.path else b"").decode()
