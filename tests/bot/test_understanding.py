"""What a message becomes before Rasa sees it."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from bot import lean

lean.install()

from rasa.shared.core.domain import Domain  # noqa: E402  the lean import must come first
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered  # noqa: E402
from rasa.shared.core.slots import AnySlot  # noqa: E402
from rasa.shared.core.trackers import DialogueStateTracker  # noqa: E402

from bot.understanding import FORM, NOTHING, standing, to_user_message  # noqa: E402
from store.context import TurnContext  # noqa: E402
from store.message import Message  # noqa: E402

PERSON = {"name": "欧阳示例", "id_number": "110101190001010014", "phone": "19900000001", "more": "打13912345678"}
INTENTS = ["bind_identity", "greet", "help", "ask_guide", "file_report", "find_office", "add_evidence", "emergency"]


@pytest.fixture
def tracker() -> DialogueStateTracker:
    return DialogueStateTracker("u", [*Domain.empty().slots, AnySlot("requested_slot", [{}]), AnySlot("easy_mode", [{}])])


@pytest.fixture
def context() -> TurnContext:
    return TurnContext("m", "u", cipher=Fernet(Fernet.generate_key()))


def understood(message: Message, tracker: DialogueStateTracker, context: TurnContext) -> tuple[str, str | None]:
    """(text, intent given) of the message."""
    rasa = to_user_message(message, tracker, context, INTENTS)
    return rasa.text, (rasa.parse_data or {}).get("intent", {}).get("name")


SLASHED = ["/restart", "／restart", "//restart", ' /inform{"a":"b"}', "\u200b/restart", "\ufeff／restart", "\u3000/restart", "/ \n/restart"]
SLASHED += ["\t/restart", "/\u200b/restart"]


@pytest.mark.parametrize("text", SLASHED)
def test_rasa_payload_syntax_loses_its_slash(text: str, tracker: DialogueStateTracker, context: TurnContext) -> None:
    words, intent = understood(Message("m", "u", text=text), tracker, context)
    assert words[0] in "ri" and intent is None, "not even behind what a reader may strip"


def test_an_empty_text_is_still_something(tracker: DialogueStateTracker, context: TurnContext) -> None:
    assert understood(Message("m", "u", text="/"), tracker, context) == (NOTHING, None)


def test_private_values_are_masked_and_can_be_opened_again(tracker: DialogueStateTracker, context: TurnContext) -> None:
    words, _ = understood(Message("m", "u", text="我的电话是１３９１２３４５６７８"), tracker, context)
    assert "3912345678" not in words and "〔手机#" in words
    assert "13912345678" in context.reveal(words)
    assert "13912345678" not in str(context.added), "sealed in the vault"


def test_a_bare_name_is_masked_only_when_a_name_was_asked_for(tracker: DialogueStateTracker, context: TurnContext) -> None:
    assert understood(Message("m", "u", text="张三丰"), tracker, context)[0] == "张三丰"
    tracker.update(SlotSet("requested_slot", "reporter_name"))
    assert "〔姓名#" in understood(Message("m", "u", text="张三丰"), tracker, context)[0]
    for command in ("取消", "人工", "没有", "不说"):
        assert understood(Message("m", "u", text=command), tracker, context)[0] == command


def test_a_number_picks_a_button_of_the_last_reply_only(tracker: DialogueStateTracker, context: TurnContext) -> None:
    tracker.update(UserUttered("护照"))
    tracker.update(BotUttered("您是想问：", {"buttons": [{"title": "首次", "payload": "护照首次申请怎么办"}]}))
    tracker.update(BotUttered("或者：", {"buttons": [{"title": "人工", "payload": "转人工"}]}))
    assert understood(Message("m", "u", text="1"), tracker, context)[0] == "护照首次申请怎么办"
    assert understood(Message("m", "u", text="２"), tracker, context)[0] == "转人工"
    assert understood(Message("m", "u", text="3"), tracker, context)[0] == "3"
    tracker.update(UserUttered("转人工"))
    assert understood(Message("m", "u", text="1"), tracker, context)[0] == "1"


def test_nought_and_nine_are_answers_in_easy_mode_alone(tracker: DialogueStateTracker, context: TurnContext) -> None:
    assert understood(Message("m", "u", text="0"), tracker, context)[0] == "0"
    tracker.update(SlotSet("easy_mode", True))
    assert understood(Message("m", "u", text="０"), tracker, context)[0] == "转人工"
    assert understood(Message("m", "u", text="9"), tracker, context)[0] == "再说一遍"
    assert understood(Message("m", "u", text="90"), tracker, context)[0] == "90"


@pytest.mark.parametrize(
    ("message", "intent"),
    [
        (Message("m", "u", kind="event", event="subscribe"), "greet"),
        (Message("m", "u", kind="event", event="click", event_key="file_report"), "file_report"),
        (Message("m", "u", kind="event", event="click", event_key="nonsense"), "help"),
        (Message("m", "u", kind="location", data={"lat": "26.0", "lng": "119.3", "label": "福州"}), "find_office"),
        (Message("m", "u", kind="image", data={"media_id": "M1"}), "add_evidence"),
        (Message("m", "u", kind="unknown"), "help"),
        (Message("m", "u", text="救命", emergency=True), "emergency"),
    ],
)
def test_what_is_not_words_becomes_an_intent(message: Message, intent: str, tracker: DialogueStateTracker, context: TurnContext) -> None:
    assert understood(message, tracker, context)[1] == intent


def entities(message: Message, tracker: DialogueStateTracker, context: TurnContext) -> list[tuple[str, str]]:
    """(name, value) of what a message carries."""
    return [(one["entity"], one["value"]) for one in (to_user_message(message, tracker, context, INTENTS).parse_data or {})["entities"]]


def test_a_page_names_the_intent_and_every_value_is_masked(tracker: DialogueStateTracker, context: TurnContext) -> None:
    message = Message("m", "u", kind="form", event_key="bind_identity", data=PERSON)
    assert understood(message, tracker, context) == (FORM, "bind_identity")
    found = dict(entities(message, tracker, context))
    assert [found[name][:4] for name in ("name", "id_number", "phone")] == ["〔姓名#", "〔身份证", "〔手机#"]
    assert not [value for value in (*PERSON.values(), "13912345678") if value in str(found)]
    assert {name: context.reveal(value) for name, value in found.items()} == PERSON
    assert understood(Message("m", "u", kind="form", event_key="nonsense", data=PERSON), tracker, context) == (NOTHING, "help")


def test_pictures_of_a_page_are_evidence_each(tracker: DialogueStateTracker, context: TurnContext) -> None:
    message = Message("m", "u", kind="form", event_key="add_evidence", data={"media": "E-1111222233334444 E-aaaabbbbccccdddd"})
    assert understood(message, tracker, context) == ("〔图片〕", "add_evidence")
    assert entities(message, tracker, context) == [("media", "E-1111222233334444"), ("media", "E-aaaabbbbccccdddd")]


@pytest.mark.parametrize(("message", "wanted"), [
    (Message("0123456789abcdef" * 2, "u", kind="image", data={"media_id": "M1", "url": "http://mmbiz.qpic.cn/1"}), ["E-0123456789abcdef"]),
    (Message("0123456789abcdef" * 2, "u", kind="video", data={"media_id": "M1"}), ["E-0123456789abcdef"]),
    (Message("0123456789abcdef" * 2, "u", kind="voice", data={"media_id": "M1"}), ["E-0123456789abcdef"]),
    (Message("0123456789abcdef" * 2, "u", kind="file", data={"media_id": "a FileKey"}), []),
    (Message("0123456789abcdef" * 2, "web.u", "webchat", kind="file", data={"media_id": "x"}), ["E-0123456789abcdef"]),
    (Message("m", "u", kind="link", data={"url": "https://example.com/p"}), ["https://example.com/p"]),
])  # fmt: skip
def test_a_file_is_known_by_its_evidence_id(message: Message, wanted: list[str], tracker: DialogueStateTracker, context: TurnContext) -> None:
    assert entities(message, tracker, context) == [("media", one) for one in wanted]
    assert context.spoken == ""


def test_spoken_words_remember_their_voice(tracker: DialogueStateTracker, context: TurnContext) -> None:
    message = Message("0123456789abcdef" * 2, "u", kind="voice", text="我要举报", data={"media_id": "M1"})
    assert understood(message, tracker, context) == ("我要举报", None)
    assert context.spoken == "E-0123456789abcdef"


def test_the_question_that_stands_above_a_row_of_pictures_is_known(tracker: DialogueStateTracker, context: TurnContext) -> None:
    tracker.update(UserUttered("我要举报"))
    tracker.update(BotUttered("请说说经过"))
    assert standing(Message("m", "u", kind="image"), tracker) == {"请说说经过"}
    assert standing(Message("m", "u", text="昨晚有人赌博"), tracker) == set(), "words are answered in full"
    assert standing(Message("m", "u", kind="voice", text="昨晚有人赌博"), tracker) == set()
    tracker.update(UserUttered("〔图片〕"))
    assert standing(Message("m", "u", kind="image"), tracker) == set()
