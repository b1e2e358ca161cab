"""No invented figure: every amount, limit and date that a service item states stands in a source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.weijing.service_item_sources import Sources, load_sources
from weijing.article_numbers import NUMERAL, chinese
from weijing.service_item import Changes, Fee, ServiceItem, TimeLimit
from weijing.service_items import load_service_items

FIGURE = re.compile(r"(\d+)(元|日|天|个工作日|小时|个月|年|周岁|分钟|%|分)")
DATE = re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})日")
EVIDENCE = {
    "fraud_now": "F:48-hour fraud_report_after",
    "website_filing": "net_filing_unit",
    "passport_first": "F39",
    "passport_renewal": "F39 F43",
    "passport_replacement": "F39 F43",
    "hk_macao_permit": "F39",
    "hk_macao_endorsement": "F39 F42 hk_macao_endorse_talent",
    "taiwan_permit": "F39 F43",
    "ethnicity_change": "F25 ethnicity_change_minor ethnicity_change_adult",
    "id_card_first": "F5",
    "id_card_temporary": "F4",
    "id_card_renewal": "F4",
    "id_card_replacement": "F4",
    "id_card_other_place": "F4",
    "admin_review": "F:复议 admin_review",
    "case_receipt": "F:受案回执",
    "no_crime_record": "F:No-crime F:foreigners no_crime_cert_foreigner",
    "violation_record_seal": "F:144 punish_record_seal",
    "licence_renewal": "F49 F50 F53 F55 dl_renew",
    "licence_replacement": "F55 dl_reissue",
    "licence_other_place": "F55 dl_transfer",
    "licence_senior_check": "F51",
    "violation_objection": "violation_dispute",
    "vehicle_registration": "F55 vehicle_reg_new",
    "vehicle_transfer": "F55 vehicle_transfer",
    "temporary_plate": "F55 vehicle_temp_plate",
    "vehicle_documents_replacement": "F55 vehicle_plate_lost vehicle_doc_reissue",
    "vehicle_inspection": "vehicle_inspect_apply",
    "accident_determination": "accident_identification",
    "accident_review": "F57 accident_review",
    "id_card_name_change": "F4",
    "id_card_damaged": "F4 id_renew_damaged",
    "licence_upgrade": "F55",
    "licence_foreign": "F55",
    "licence_military": "F55",
    "licence_motorcycle": "F55 dl_first_moto",
    "hk_macao_family": "F39 F42 endorsement_fee_guide",
    "hk_macao_business": "F39 F44 endorsement_fee_guide",
    "hk_macao_stay": "F39 F42 endorsement_fee_guide",
    "taiwan_permit_lost": "F39",
    "incident_report": "net_security_incident",
    "passport_minor": "F39",
    "passport_urgent": "F39",
    "exit_permit": "F39",
    "hk_macao_settle": "F39",
    "taiwan_endorsement": "F39 F43",
    "taiwan_resident_permit": "F40",
    "taiwan_settle": "F40",
    "foreigner_permanent": "F40",
    "licence_first_car": "F55",
    "licence_change_damaged": "F55",
    "licence_downgrade": "F55",
    "vehicle_plate_select": "F55",
    "household_book_replacement": "household_book_reissue",
}
"""Where the figures come from that no law text on disk holds: F49 = the fact of that number, F:word = the lines of the facts with it, else a catalogue row."""


@pytest.fixture
def sources(shared: Path) -> Sources:
    return load_sources(shared)


@pytest.fixture
def items() -> list[ServiceItem]:
    return load_service_items()


def test_each_figure_stands_in_a_source(sources: Sources, items: list[ServiceItem]) -> None:
    unfounded = [(item.id, figure) for item in items for figure in _figures(item) if not _founded(figure, item, sources)]
    assert unfounded == []


def _figures(item: ServiceItem) -> set[tuple[str, str]]:
    parts: list[ServiceItem | Changes] = [item, *_changes(item)]
    return {figure for part in parts for figure in _figures_of(part)}


def _figures_of(part: ServiceItem | Changes) -> set[tuple[str, str]]:
    limit, fee = part.time_limit or TimeLimit(), part.fee or Fee()
    texts = [*_texts_of(part), fee.note, limit.note, *(charge.note for charge in fee.charges)]
    found = {pair for text in texts for pair in FIGURE.findall(DATE.sub("", text))} | {(f"{charge.yuan:g}", "元") for charge in fee.charges if charge.yuan}
    return found | {(str(days), "日") for days in (limit.legal_days, limit.promised_days) if days is not None}


def _changes(item: ServiceItem) -> list[Changes]:
    return [choice.changes for situation in item.situations for choice in situation.choices] + [region.changes for region in item.regions]


def _texts(item: ServiceItem) -> list[str]:
    parts: list[ServiceItem | Changes] = [item, *_changes(item)]
    return [item.summary, item.audience, *(text for part in parts for text in _texts_of(part))]


def _texts_of(part: ServiceItem | Changes) -> list[str]:
    words = [text or "" for text in (part.validity, part.where, part.online, part.who)]
    return [*words, *(part.conditions or ()), *(part.procedure or ()), *(paper.name for paper in part.materials or ())]


def test_each_date_stands_in_the_facts(sources: Sources, items: list[ServiceItem]) -> None:
    dates = [(item.id, [int(part) for part in found]) for item in items for text in [*_texts(item), item.fee.note] for found in DATE.findall(text)]
    assert dates
    assert [pair for pair in dates if "{:04}-{:02}-{:02}".format(*pair[1]) not in sources.words] == []


def _founded(figure: tuple[str, str], item: ServiceItem, sources: Sources) -> bool:
    number, unit = figure
    unit = {"天": "[日天]", "日": "(?:个工作)?[日天]", "个工作日": "(?:个工作)?日", "%": ""}.get(unit, unit)
    spoken = chinese(int(number)) + ("|两" if number == "2" else "")
    in_words = re.compile(rf"(?<![{NUMERAL}])(?:百分之)?(?:{spoken}){unit}|(?<!\d){number}{unit}")
    bases = [*item.legal_basis, *(basis for region in item.regions for basis in region.legal_basis)]
    cited = (sources.texts.text(basis.law, basis.article) for basis in bases)
    evidence = (sources.fact(token) if token.startswith("F") else sources.row(token) for token in EVIDENCE.get(item.id, "").split())
    return any(map(in_words.search, cited)) or any(re.search(rf"(?<!\d){number}(?!\d)", text) for text in evidence)


def test_a_wrong_figure_is_found_out(sources: Sources, items: list[ServiceItem]) -> None:
    item = next(item for item in items if item.id == "id_card_replacement")
    assert _founded(("40", "元"), item, sources)
    assert not any(_founded(figure, item, sources) for figure in [("45", "元"), ("25", "日"), ("7", "日"), ("3", "个工作日")])
