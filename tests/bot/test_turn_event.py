"""What a turn tells staff of its slots: those with a name, masked, and nothing that opens a matter or a sealed reporter."""

from __future__ import annotations

import re

from rasa.shared.core.events import SlotSet, UserUttered
from ruamel.yaml import YAML

from bot.turn_event import slots_told
from weijing.settings import ROOT
from weijing.slot_names import slot_names


def test_the_last_value_of_a_named_slot_is_told_and_raw_numbers_are_masked() -> None:
    places = [SlotSet("report_place", "台江区"), SlotSet("report_place", "鼓楼区五四路")]
    events = [UserUttered("在鼓楼区"), *places, SlotSet("report_content", "他的电话是13812345678")]
    told = slots_told(events)
    assert told["report_place"] == "鼓楼区五四路"
    assert "13812345678" not in told["report_content"] and told["report_content"].startswith("他的电话是")


def test_what_is_emptied_and_what_has_no_name_is_not_told() -> None:
    events = [SlotSet("report_kind", None), SlotSet("reporter_name", "〔姓名#1a2b3c4d〕"), SlotSet("withdraw_code", "3TQX8M2K"), SlotSet("easy_mode", True)]
    assert slots_told(events) == {"easy_mode": "是"}


def test_every_named_slot_is_of_the_domain_and_none_tells_a_person_or_a_code() -> None:
    slots = YAML(typ="safe").load((ROOT / "domain.yml").read_text(encoding="utf-8"))["slots"]
    assert set(slot_names()) <= set(slots)
    assert not [name for name in slot_names() if re.search(r"code|proof|phone|reporter|_name$", name)]
