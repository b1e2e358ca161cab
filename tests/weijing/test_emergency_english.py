"""The emergency screen on English: danger now gets an English card, questions and tales do not."""

from __future__ import annotations

import time

import pytest

from weijing.emergency import CARDS as CHINESE
from weijing.emergency import screen
from weijing.emergency_english import CARDS

DANGER = {
    "followed": "help! someone is following me|I am being followed by a man|a man is following us, I'm scared|He's been stalking me",
    "violence": (
        "a man has a knife|he is hitting me|My husband is beating me, please help|robbery|Robbery!! help|I was just robbed|I am being robbed|"
        "they are attacking my friend|"
        "someone is threatening me|A guy with a gun|he wants to kill me|two men are robbing us right now|There is a man with a knife|I've just been raped"
    ),
    "fire": "my house is on fire|there is a fire in my building|I smell gas|The hotel is burning",
    "break_in": "someone is trying to break into my apartment|there's an intruder? a stranger is in my house|a man is breaking in",
    "missing": "I can't find my son|my 5 year old daughter is missing|my wife has disappeared",
    "self_harm": "I want to kill myself|I'm going to jump off|she is going to jump",
    "abduction": "they won't let me leave|I've been kidnapped|I am locked in and he has taken my phone",
    "fraud": "I just transferred money to a scammer|I am being scammed|I just got scammed",
    "injury": "there was a car accident and a woman is bleeding badly|he is not breathing|my friend is unconscious",
    "cry": "SOS|help me!!|help help|somebody help|Please help me|I'm in danger|call the police now|ＨＥＬＰ ＭＥ",
}  # fmt: skip
CALM = (
    "help|help me renew my visa|what is the penalty for robbery|my passport was stolen yesterday|someone stole my phone last week|"
    "I lost my passport|my wallet is missing|"
    "how to report a robbery|my landlord won't let me register|my company won't let me leave the country|"
    "I was robbed last year, do I get a certificate|is it illegal to carry a knife|"
    "what should I do if someone is following me|he is hitting the gym|I am locked out of my wechat account|in the movie a man has a knife|"
    "fire safety certificate|"
    "somebody is following me on wechat|my visa is missing a page|my son has lost his passport|can you help me|I need help with registration|"
    "save me some time|how can I call the police|"
    "my friend has a knife shop|he has a gun license|my kid has gone back to school|how do I extend my visa|emergency phone number|"
    "what is the number of the police|"
    "where is the police station|I want to report a theft from last month|does insurance pay if my house is on fire|translate: he is hitting me|"
    "I dreamt a man was following me lol"
)  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in DANGER.items() for text in texts.split("|")])
def test_danger_now_gets_an_english_card(kind: str, text: str) -> None:
    card = screen(text)
    assert card and card.kind == kind and card.text == CARDS[kind]


@pytest.mark.parametrize("text", CALM.split("|"))
def test_questions_tales_and_things_over_get_none(text: str) -> None:
    assert screen(text) is None


def test_the_cards_are_those_of_the_chinese_kinds_and_name_a_number() -> None:
    assert set(CARDS) == set(CHINESE)
    assert all(("110" in text or "119" in text) and len(text.encode()) <= 600 for text in CARDS.values())


def test_hostile_english_takes_no_time() -> None:
    for text in ("my " * 5000, "i lost my " * 200, "help " * 3000, "someone is " * 300 + "hitting", "robbery " * 500, "a" * 60_000):
        started = time.perf_counter()
        screen(text)
        assert time.perf_counter() - started < 0.5, text[:20]
