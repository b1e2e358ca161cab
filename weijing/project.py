"""Whose data a process trains and checks: the project's own, or with `--project` a folder that is laid out like it (`config.yml domain.yml data/ tests/`)."""

from __future__ import annotations

from pathlib import Path

from weijing.settings import ROOT

_folder = ROOT


def use_project(folder: Path) -> None:
    """From now on this process reads `folder`; said once, at the beginning of a command."""
    global _folder
    _folder = folder.resolve()


def project_path(*parts: str) -> Path:
    """A path below the project's folder."""
    return _folder.joinpath(*parts)
