"""`weijing qr list|make`: QR codes by scene, as pictures to print."""

from __future__ import annotations

import argparse
import asyncio
import re
from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import segno

from channels.wechat.account import open_account
from channels.wechat.scenes import FILE, Scene, read_scenes
from weijing.errors import InputError
from weijing.settings import Settings, load_settings

LONGEST_S = 2_592_000
"""Life of a code that is not permanent: the most that the platform gives, 30 days."""
_MODULE, _QUIET = 12, 4
"""Pixels of a module, and modules of the empty border that scanners need."""
_FONTS = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"


def main(argv: list[str]) -> int:
    """List the scenes, or make their pictures."""
    options = argparse.ArgumentParser("weijing qr", description=__doc__)
    options.add_argument("deed", choices=("list", "make"), help="list the scenes of the file; make a picture of each")
    options.add_argument("--file", type=Path, default=FILE, help="another file than channels/wechat/scenes.yml")
    options.add_argument("--scene", help="make: only this one; one that is not in the file is made too")
    options.add_argument("--permanent", action="store_true", help="make: codes that never expire, whatever the file says")
    options.add_argument("--out", type=Path, help="make: the folder for the pictures (SVG with the caption, PNG of the code alone)")
    chosen = options.parse_args(argv)
    scenes = read_scenes(chosen.file)
    if chosen.deed == "list":
        for scene in scenes:
            print(f"{scene.scene:24s} {'permanent' if scene.permanent else '30 days':10s} {scene.caption}")
        return 0
    if chosen.out is None:
        options.error("make needs --out FOLDER")
    asyncio.run(_make(load_settings(), _wanted(scenes, chosen.scene), chosen.out, permanent=chosen.permanent))
    return 0


def _wanted(scenes: Sequence[Scene], name: str | None) -> Sequence[Scene]:
    if name is None:
        return scenes
    return [next((scene for scene in scenes if scene.scene == name), Scene(name))]


async def _make(settings: Settings, scenes: Sequence[Scene], out: Path, *, permanent: bool) -> None:
    async with open_account(settings) as account:
        for scene in scenes:
            url = await account.qr_code(scene.scene, permanent=permanent or scene.permanent, seconds=LONGEST_S)
            print(f"{scene.scene:24s} {write_pictures(out, scene, url)}")


def write_pictures(out: Path, scene: Scene, url: str) -> Path:
    """Write the SVG and the PNG of a code; returns the path of the SVG.

    Raises:
        InputError: the folder cannot be written.
    """
    code = segno.make(url, error="q", micro=False)  # a quarter of it may be dirty or torn
    stem = out / re.sub(r"[^\w.-]", "-", scene.scene)
    path = stem.with_name(stem.name + ".svg")
    try:
        out.mkdir(parents=True, exist_ok=True)
        path.write_text(poster(code, scene.caption), encoding="utf-8")
        code.save(str(stem.with_name(stem.name + ".png")), scale=_MODULE, border=_QUIET)
    except OSError as error:
        raise InputError(f"cannot write into {out} ({error.strerror}); name another folder with --out") from None
    return path


def poster(code: segno.QRCode, caption: str) -> str:
    """The code with its caption, as SVG: sharp in any size, and the fonts are the printer's."""
    width, height = code.symbol_size(scale=_MODULE, border=_QUIET)
    room = width // 8 if caption else 0
    words = f'<text x="{width / 2}" y="{height + room / 3}" text-anchor="middle" font-family="{_FONTS}" font-size="{width // 18}">{escape(caption)}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height + room}" width="{width}" height="{height + room}">'
        f'<rect width="100%" height="100%" fill="#fff"/>{code.svg_inline(scale=_MODULE, border=_QUIET)}{words if caption else ""}</svg>'
    )
