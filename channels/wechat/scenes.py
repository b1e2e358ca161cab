"""The scenes of our QR codes: what `scenes.yml` says and what is wrong with it (生成带参数的二维码)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from weijing.errors import InputError

FILE = Path(__file__).parent / "scenes.yml"
SCENE_CHARACTERS = 64
CAPTION_CHARACTERS = 20
"""More does not fit under a code."""


@dataclass(frozen=True)
class Scene:
    """One QR code.

    Args:
        scene: what WeChat sends with the follow or the scan.
        caption: printed under the code.
        permanent: never expires.
    """

    scene: str
    caption: str = ""
    permanent: bool = False


def read_scenes(path: Path = FILE) -> list[Scene]:
    """The scenes of a file, in its order.

    Raises:
        InputError: the file or one of its scenes cannot be used; the sentence names it.
    """
    try:
        rows = yaml.safe_load(path.read_text(encoding="utf-8"))["scenes"]
        scenes = [Scene(str(row["scene"]), str(row.get("caption", "")), row.get("permanent") is True) for row in rows]
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path.name} cannot be read ({type(error).__name__}); it holds `scenes:`, a list of scene, caption, permanent") from None
    for fault in find_faults(scenes):
        raise InputError(f"{path.name}: {fault}")
    return scenes


def find_faults(scenes: Sequence[Scene]) -> Iterator[str]:
    """What the platform would refuse or would not fit; one sentence each."""
    seen: set[str] = set()
    for scene in scenes:
        if not 1 <= len(scene.scene) <= SCENE_CHARACTERS or not scene.scene.isprintable():
            yield f"the scene {scene.scene[:80]!r} has {len(scene.scene)} characters; it may have 1 to {SCENE_CHARACTERS}, all of them printable"
        if scene.scene in seen:
            yield f"the scene {scene.scene} is there twice"
        if len(scene.caption) > CAPTION_CHARACTERS:
            yield f"the caption of {scene.scene} has {len(scene.caption)} characters; {CAPTION_CHARACTERS} fit under a code"
        seen.add(scene.scene)
