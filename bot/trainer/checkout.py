"""The trainers' data as it stood at a commit, laid out in a folder of its own: an edit during the training changes nothing."""

from __future__ import annotations

from pathlib import Path

from weijing.errors import JobFailed
from weijing.model_file import commit_of
from weijing.settings import ROOT, Settings

SHORT = 12


def check_out(settings: Settings, commit: str, folder: Path) -> tuple[Path, str]:
    """The data's folder and its commit (short). While trainers have no repository yet it is this project's own data.

    Args:
        commit: empty for the newest.

    Raises:
        JobFailed: the repository has no such commit.
    """
    if not (settings.workbench_repo / ".git").exists():
        return ROOT, commit_of(ROOT)
    from dulwich.errors import NotGitRepository
    from dulwich.index import build_index_from_tree
    from dulwich.objectspec import parse_commit
    from dulwich.repo import Repo

    try:
        with Repo(str(settings.workbench_repo)) as repo:
            found = parse_commit(repo, commit.encode() or b"HEAD")
            folder.mkdir(parents=True)
            build_index_from_tree(str(folder), str(folder / ".index"), repo.object_store, found.tree)
            return folder, found.id.decode()[:SHORT]
    except (KeyError, ValueError, NotGitRepository) as error:
        raise JobFailed(f"语料库里没有提交 {commit or 'HEAD'}（{type(error).__name__}）") from error


def check_out_known(settings: Settings, commit: str, folder: Path) -> Path:
    """The data that a served model was trained from: those of its commit, or, of a model that came with the program, those that the repository began with."""
    try:
        return check_out(settings, commit or "none", folder)[0]
    except JobFailed:
        return check_out(settings, _first(settings), folder)[0]


def _first(settings: Settings) -> str:
    from dulwich.objectspec import parse_commit
    from dulwich.repo import Repo

    with Repo(str(settings.workbench_repo)) as repo:
        found = parse_commit(repo, b"HEAD")
        while found.parents:
            found = parse_commit(repo, found.parents[0])
        return found.id.decode()
