"""`docs/catalogue.md` is what `weijing catalogue` writes from the items as they are now."""

from __future__ import annotations

from pathlib import Path

import pytest

from weijing.catalogue import PAGE, main, page
from weijing.service_items import load_service_items


def test_the_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(load_service_items()), "run `weijing catalogue`"


def test_every_item_has_a_row_with_what_is_asked_of_it() -> None:
    items = load_service_items()
    rows = [line for line in page(items).splitlines() if "<br>" in line]
    assert len(rows) == len(items)
    for item in items:
        (row,) = [line for line in rows if f"<br>`{item.id}`" in line]
        name, basis, checked, review, owner, missing = (cell.strip() for cell in row.strip("|").split("|"))
        assert item.name in name and (checked, review, owner) == (str(item.valid_from), str(item.review_by), item.owner)
        assert all(one.law in basis and one.article in basis and one.document_no in basis for one in item.legal_basis)
        assert int(missing.partition(":")[0]) == len(item.unconfirmed) == (len(missing.split("、")) if item.unconfirmed else 0)


def test_the_totals_add_up() -> None:
    rows = [line.split("|")[2:5] for line in page(load_service_items()).splitlines() if line.startswith(("| [", "| **"))]
    counts = [[int(cell) for cell in row] for row in rows]
    assert counts[-1] == [sum(column) for column in zip(*counts[:-1], strict=True)] and counts[-1][0] >= 250


def test_the_command_says_whether_it_is_current_and_mends_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "catalogue.md"
    assert main(["--check", "--page", str(file)]) == 1 and "weijing catalogue" in capsys.readouterr().err
    assert main(["--page", str(file)]) == 0 and main(["--check", "--page", str(file)]) == 0
    file.write_text(file.read_text(encoding="utf-8").replace("户政科", "户籍科"), encoding="utf-8")
    assert main(["--check", "--page", str(file)]) == 1
