"""Addresses in the bureau's area."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weijing.address import load_area, read_address

WHOLE = {
    "鼓楼区东街街道八一七北路12号3栋201室": ("鼓楼区东街街道", "350102", "八一七北路12号3栋201室"),
    "福建省福州市鼓楼区五四路89号": ("鼓楼区", "350102", "五四路89号"),
    "我现在住在福州鼓楼五四路89号": ("鼓楼区", "350102", "五四路89号"),
    "台江上海新村3栋": ("台江区", "350103", "上海新村3栋"),
    "闽侯上街镇厚庭村12号": ("闽侯县上街镇", "350121", "厚庭村12号"),
    "闽侯县上街大学城3号楼": ("闽侯县上街镇", "350121", "大学城3号楼"),
    "古楼区温泉街道树汤路5号": ("鼓楼区温泉街道", "350102", "树汤路5号"),
    "建新镇金山大道200号": ("仓山区建新镇", "350104", "金山大道200号"),
    "长乐市吴航街道和平街8号": ("长乐区吴航街道", "350112", "和平街8号"),
    "马尾罗星街道马江路１号": ("马尾区罗星街道", "350105", "马江路1号"),
    "鼓楼东大路36号": ("鼓楼区", "350102", "东大路36号"),
    "福州仓山区金山街道浦上大道〔地址#1a2b3c4d〕": ("仓山区金山街道", "350104", "浦上大道〔地址#1a2b3c4d〕"),
    "晋安区五里亭象园街道连江中路20号": ("晋安区象园街道", "350111", "五里亭连江中路20号"),
    "〔位置〕福建省福州市台江区洋中街道广达路68号": ("台江区洋中街道", "350103", "广达路68号"),
}
LACKING = {
    "八一七北路12号": "district", "福州路5号": "district", "东街口3号": "district", "我住在仓山区": "detail", "仓山镇": "detail", "福清市音西街道": "detail",
    "上海市浦东新区张江路1号": "elsewhere", "厦门市思明区莲前街道1号": "elsewhere", "江苏省南京市鼓楼区中山路1号": "elsewhere",
}  # fmt: skip


@pytest.mark.parametrize(("words", "parts"), WHOLE.items())
def test_a_whole_address(words: str, parts: tuple[str, str, str]) -> None:
    found = read_address(words)
    assert (found.division.removeprefix("福建省福州市"), found.code, found.detail, found.lack) == (*parts, "")


@pytest.mark.parametrize(("words", "lack"), LACKING.items())
def test_what_is_missing_is_said(words: str, lack: str) -> None:
    found = read_address(words)
    assert found.lack == lack
    assert bool(found.candidates) == (lack == "district")


def test_a_street_alone_names_its_district_only_if_one_has_it() -> None:
    towns = [town for one in load_area().districts for town in one.towns]
    unique = [town for town in towns if towns.count(town) == 1]
    assert unique and all(read_address(f"{town}和平路1号").lack == "" for town in unique)


@given(st.text(max_size=30) | st.text("福建省州市鼓楼区台江仓山长乐街道镇东上海路号123〔地址#ab〕,， ", max_size=30))
def test_no_words_raise(words: str) -> None:
    found = read_address(words)
    assert found.lack or found.code
