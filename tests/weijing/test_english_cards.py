"""English cards say what their service items say."""

from __future__ import annotations

import dataclasses

import pytest

from weijing.english_cards import EnglishCard, card_asked_for, english_cards, english_faults, faults
from weijing.language import ENGLISH, language_of
from weijing.service_items import load_service_items

ITEMS = {item.id: item.as_dict() for item in load_service_items()}
ASKED = {
    "visa_extension": "visa extension|How do I renew my visa?|Can I extend my stay|my visa expires next week",
    "visa_replace": "lost passport|I lost my passport|my visa was stolen|I can't find my passport|new passport, what about my visa",
    "foreigner_overstay": "overstay 3 days|my visa has expired|how long can I stay with an expired visa",
    "foreigner_lodging": "accommodation registration|how do I register my address with the police|my landlord does not want to register me",
    "foreigner_residence_permit": "How to apply for a residence permit|work visa|student visa",
    "foreigner_residence_extend": "residence permit renewal|extend my residence permit",
    "foreigner_permanent": "permanent residence|green card",
    "foreigner_birth_death": "my baby was born here",
    "foreigner_stay_permit": "visa-free entry, can I stay longer",
    "foreigner_employer": "my employee resigned",
    "nationality": "chinese citizenship",
    "licence_foreign": "can I drive with my US driving license",
    "exit_record": "my entry and exit records",
    "passport_first": "chinese passport for my son",
    "passport_replacement": "my wife lost her Chinese passport",
}  # fmt: skip


def test_the_file_is_sound() -> None:
    assert len(english_cards()) >= 15 and not list(english_faults(load_service_items()))


@pytest.mark.parametrize(("item", "text"), [(item, text) for item, texts in ASKED.items() for text in texts.split("|")])
def test_a_question_finds_its_card(item: str, text: str) -> None:
    card = card_asked_for(text)
    assert card and card.item == item and language_of(text) == ENGLISH


def test_every_card_is_asked_for_here() -> None:
    assert set(ASKED) == {card.item for card in english_cards()}


def test_a_title_tapped_finds_its_own_card() -> None:
    for card in english_cards():
        assert card_asked_for(card.title) is card or card.item in {"passport_first", "foreigner_stay_permit"}, card.title


@pytest.mark.parametrize("text", ["opening hours", "visa", "good restaurant", "I want to complain about an officer", "12367"])
def test_other_questions_find_none(text: str) -> None:
    assert card_asked_for(text) is None


@pytest.mark.parametrize("card", english_cards(), ids=[card.item for card in english_cards()])
def test_a_changed_figure_article_or_check_is_a_fault(card: EnglishCard) -> None:
    item = ITEMS[card.item]
    assert not list(faults(card, item))
    assert any("says 777" in fault for fault in faults(dataclasses.replace(card, text=card.text + " 777 yuan"), item))
    basis = dataclasses.replace(card.basis, articles=("第九百条",))
    assert any("第九百条" in fault for fault in faults(dataclasses.replace(card, basis=basis), item))
    assert any("compare them again" in fault for fault in faults(card, {**item, "valid_from": "2027-01-01"}))
