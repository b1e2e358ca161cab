"""Which model belongs to the project's files as they are now, where models lie, and from which commit of the data one was trained."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import tarfile
from pathlib import Path

from weijing.encoder_package import encoder_name
from weijing.errors import SettingsError
from weijing.project import project_path
from weijing.settings import ROOT, load_settings

FINGERPRINT = "fingerprint.json"
"""Beside the models: what the newest was trained from."""
SOURCES, CODE = ("config.yml", "domain.yml", "data/**/*.yml", "data/**/*.txt"), ("bot/nlu/*.py", "bot/policies.py", "weijing/*.py")
"""What a model depends on: of the project that it is trained from, and of ours."""


def fresh_model(folder: Path) -> Path | None:
    """The model in `folder` that was trained from the files as they are now, or None."""
    try:
        known = json.loads((folder / FINGERPRINT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    model = folder / str(known.get("model"))
    return model if model.is_file() and known.get("fingerprint") == fingerprint() else None


def fingerprint() -> str:
    """A digest of every file that a model depends on, and of the encoder."""
    digest = hashlib.sha256(encoder_name(load_settings().nlu_encoder).encode() + b"\0")
    for root, patterns in ((project_path(), SOURCES), (ROOT, CODE)):
        for file in sorted({file for pattern in patterns for file in root.glob(pattern)}):
            digest.update(str(file.relative_to(root)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def newest_model(place: Path) -> Path:
    """The model at BOT_MODEL: the file itself, or the newest of the folder.

    Raises:
        SettingsError: there is none.
    """
    models = [place] if place.is_file() else sorted(place.glob("*.tar.gz"), key=lambda file: (file.stat().st_mtime, file.name))
    if not models:
        raise SettingsError(f"no model at {place}: run 'weijing train' or set BOT_MODEL")
    return models[-1]


def candidates(place: Path) -> Path:
    """Where the trainer lays its models: beside those of BOT_MODEL, so that none is served before it was released."""
    return (place.parent if place.is_file() else place) / "candidates"


def find_model(place: Path, name: str) -> Path:
    """The file of a model by its name, with those of BOT_MODEL or among the candidates; it need not exist."""
    trained = candidates(place) / Path(name).name
    return trained if trained.is_file() else trained.parent.parent / trained.name


def model_id(model: Path) -> str:
    """The id that Rasa gave a model, as every turn notes it.

    Raises:
        SettingsError: the file is no model.
    """
    try:
        with tarfile.open(model) as archive:
            member = next(one for one in archive if Path(one.name).name == "metadata.json")
            return str(json.load(archive.extractfile(member) or io.BytesIO())["model_id"])
    except (OSError, ValueError, KeyError, StopIteration, tarfile.TarError) as error:
        raise SettingsError(f"the model {model.name} cannot be read ({type(error).__name__}): train it again") from error


def data_commit(model: Path) -> str:
    """The commit of the data that a model was trained from: as its training noted it, else of this checkout; empty outside one."""
    try:
        return str(json.loads(note_of(model).read_text(encoding="utf-8"))["commit"])
    except (OSError, ValueError, KeyError):
        return commit_of(ROOT)


def note_of(model: Path) -> Path:
    """The file beside a model in which its training tells of itself."""
    return model.with_name(model.name.removesuffix(".tar.gz") + ".json")


def commit_of(project: Path) -> str:
    """The commit that a checkout stands at, or empty outside one."""
    try:
        found = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=project, capture_output=True, text=True, timeout=5, check=False)  # noqa: S607
    except (OSError, subprocess.SubprocessError):
        return ""
    return found.stdout.strip()
