"""What a page is served with: our own files and the npm packages, laid under `var/static/<version>` at start. Nothing comes from another host."""

from __future__ import annotations

import hashlib
import re
import shutil
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from weijing.errors import StartError

OWN = Path(__file__).with_name("static")
PACKAGES = Path(__file__).with_name("web") / "node_modules"
VENDOR = {
    "vendor/htmx.js": "htmx.org/dist/htmx.min.js",
    "vendor/sse.js": "htmx-ext-sse/dist/sse.min.js",
    "vendor/idiomorph.js": "idiomorph/dist/idiomorph-ext.min.js",
    "vendor/echarts.js": "echarts/dist/echarts.min.js",
    "vendor/amr/decode-amr.js": "@audio/decode-amr/decode-amr.js",
    "vendor/amr/src/amr.wasm.js": "@audio/decode-amr/src/amr.wasm.js",
}
"""Address below the version -> file of a package."""
_SIZES = re.compile(r' (class|width|height)="[^"]*"')


class Assets:
    """The files of one version.

    Args:
        folder: `var/static/<version>`; every address holds the version, so a browser may keep a file for ever.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.version = folder.name

    def url(self, name: str) -> str:
        """The address of a file, e.g. `css/tokens.css`."""
        return f"/static/{self.version}/{name}"

    @staticmethod
    def icon(name: str) -> Markup:
        """An outline icon of Tabler's, as large as the text beside it; hidden from screen readers, so there are words beside it or on its button."""
        return _icon(name)


def lay_out(var: Path) -> Assets:
    """Copy every file to where it is served from.

    Raises:
        StartError: the packages are not there.
    """
    files = {str(path.relative_to(OWN)): path for path in sorted(OWN.rglob("*")) if path.is_file()}
    files |= {name: PACKAGES / source for name, source in VENDOR.items()}
    digest = hashlib.sha256()
    for name, path in files.items():
        if not path.is_file():
            raise StartError(f"{path} is not there; run `make run` once, or `npm ci` in console/web")
        digest.update(name.encode() + path.read_bytes())
    folder = var.resolve() / "static" / digest.hexdigest()[:12]
    for name, path in files.items():
        target = folder / name
        if not target.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return Assets(folder)


@lru_cache(maxsize=256)
def _icon(name: str) -> Markup:
    drawing = (PACKAGES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
    svg = drawing[drawing.index("<svg") :].strip()
    return Markup(_SIZES.sub("", svg, count=3).replace("<svg", '<svg class="icon" aria-hidden="true" focusable="false"', 1))  # noqa: S704  a file of the package
