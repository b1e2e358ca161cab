"""A report before it is sent: one numbered line for each thing that was told, by which it is corrected."""

from __future__ import annotations

from actions import report_details
from actions.field import Field, Slots
from actions.masks import shown
from actions.report_fields import FIELDS
from actions.report_files import counted

LABELS = {
    "report_kind": "类型", "report_topic": "种类", "report_content": "经过", "report_occurred_at": "时间", "report_place": "地点",
    "report_happening_now": "正在发生", "report_evidence": "材料", "report_mode": "方式", "report_hiding": "姓名电话", "reporter_name": "姓名",
    "reporter_phone": "电话",
}  # fmt: skip
"""What a line is called; the topic's own questions have names of their own."""


def numbered(slots: Slots) -> tuple[Field, ...]:
    """The fields of this report, in the order of their numbers."""
    return tuple(field for field in FIELDS if field.needed(slots))


def summary(slots: Slots) -> str:
    """The lines. Names and numbers are shown half hidden: the user sees enough to find a slip."""
    labelled = [(_label(field.slot, slots), field.slot) for field in numbered(slots)]
    return "\n".join(f"{number} {label}：{_value(slot, slots)}" for number, (label, slot) in enumerate(labelled, start=1) if label)


def _label(slot: str, slots: Slots) -> str:
    if slot in report_details.SLOTS:
        asked = report_details.question(slots, report_details.SLOTS.index(slot))
        return asked.name if asked else ""
    return LABELS.get(slot, "")


def _value(slot: str, slots: Slots) -> str:
    return counted(slots) if slot == "report_evidence" else shown(str(slots.get(slot)))
