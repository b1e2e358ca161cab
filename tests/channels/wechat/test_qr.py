"""QR codes: scenes within the limits, and pictures that a decoder of somebody else's reads."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from channels.simulator.routes import PLATFORM
from channels.wechat.qr import write_pictures
from channels.wechat.scenes import Scene, find_faults, read_scenes
from tests.channels.conftest import StartEdge
from weijing.errors import InputError
from weijing.settings import ROOT, child_environment

URL = "http://weixin.qq.com/q/02abcdefghijklmnopqrstuv"


def test_the_scenes_of_the_project_are_fine() -> None:
    assert {"hall", "file_residence:poster"} <= {scene.scene for scene in read_scenes()}


@pytest.mark.parametrize(("scene", "fine"), [("a" * 64, True), ("a" * 65, False), ("", False), ("大厅", True), ("a\nb", False)])
def test_a_scene_has_1_to_64_characters(scene: str, fine: bool) -> None:
    assert (list(find_faults([Scene(scene)])) == []) is fine


LONG = f"scenes: [{{scene: a, caption: {'字' * 21}}}]"


@pytest.mark.parametrize("text", ["", "scenes: 5", "scenes: [{caption: x}]", "scenes: [{scene: a}, {scene: a}]", LONG, "{"])
def test_a_file_that_cannot_be_used_is_named(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"mine\.yml"):
        read_scenes(file)


def test_the_picture_is_read_and_the_caption_is_text(tmp_path: Path) -> None:
    svg = write_pictures(tmp_path, Scene("file_residence:poster", "办居住登记 <扫我> & 看"), URL)
    assert svg.name == "file_residence-poster.svg" and "&lt;扫我&gt; &amp; 看" in svg.read_text(encoding="utf-8")
    picture = Image.open(svg.with_suffix(".png"))
    assert picture.width >= 300
    (read,) = zxingcpp.read_barcodes(picture)
    assert read.text == URL


async def test_the_command_asks_the_platform_and_writes_each_scene(start_edge: StartEdge, tmp_path: Path) -> None:
    edge = await start_edge()
    account = {"WECHAT_APP_ID": edge.settings.wechat_app_id, "WECHAT_APP_SECRET": edge.settings.wechat_app_secret.get_secret_value()}
    values = child_environment(WEIJING_ENV="test", WECHAT_API_BASE=str(edge.server.make_url("/simulator/platform")), **account)

    async def qr(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "weijing", "qr", *words]
        return await asyncio.to_thread(subprocess.run, command, cwd=ROOT, env=values, capture_output=True, text=True, timeout=60, check=False)

    done = await qr("make", "--out", str(tmp_path / "posters"))
    assert done.returncode == 0, done.stderr
    assert len(list((tmp_path / "posters").glob("*.svg"))) == len(read_scenes()) == len(list((tmp_path / "posters").glob("*.png")))
    double = edge.server.app[PLATFORM]
    assert set(double.tickets.values()) == {scene.scene for scene in read_scenes()}
    double.verified = False
    refused = await qr("make", "--scene", "hall", "--out", str(tmp_path))
    assert refused.returncode == 1 and "48001" in refused.stderr and "Traceback" not in refused.stderr
