"""Dead letters: what operators see of what could not be delivered or answered, and what they do about it."""

from __future__ import annotations

import asyncio
import json

import pytest
from cryptography.fernet import Fernet

from channels import dead_letters as command
from channels.outbox import Sender
from store.dead_letters import AGAIN, DeadLetters
from store.erase import erase_user
from store.keys import key, partition
from store.message import Message
from store.redis import Redis
from store.turns import now_ms
from tests.channels.conftest import Bot
from tests.channels.outbox.conftest import Platform, post, scan, state
from weijing.engines import EmbeddedRedis
from weijing.errors import InputError
from weijing.settings import Settings, load_settings

OPENID = "o9AgO5Kd5ggOC-bXrbNODIiE3bGY"
PART = partition(OPENID)
PHONE = "13812345678"


@pytest.fixture
def settings(redis_server: EmbeddedRedis) -> Settings:
    return load_settings().copy(update={"redis_url": redis_server.url})


@pytest.fixture
def letters(redis: Redis, settings: Settings) -> DeadLetters:
    return DeadLetters(redis, Fernet(settings.vault_key.get_secret_value().encode()))


async def give_up(sender: Sender, platform: Platform, redis: Redis, name: str = "reply-1") -> None:
    """A reply that the platform does not take."""
    platform.errcodes = [40003]
    await post(redis, OPENID, name, {"text": f"您的电话 {PHONE} 已登记"})
    await scan(sender)


async def poison(redis: Redis, settings: Settings, name: str = "message-1") -> None:
    """What a worker leaves of a message that failed three times."""
    sealed = Fernet(settings.vault_key.get_secret_value().encode()).encrypt(Message(name, OPENID, text=f"我的电话 {PHONE}").dumps().encode()).decode()
    await redis.xadd(key(PART, "dead"), {"d": json.dumps({"key": name, "openid": OPENID, "cause": "ValueError", "message": sealed})})


async def run(settings: Settings, what: str, name: str = "") -> int:
    return await command._run(settings, what, name)


async def events(redis: Redis) -> list[str]:
    found = [json.loads(fields["e"]) for _, fields in await redis.xrange(key(PART, "events"))]
    return [event["outcome"] for event in found if event["type"] == "delivery" and event["via"] == "operator"]


async def test_both_kinds_are_listed_and_shown_masked(
    sender: Sender, platform: Platform, redis: Redis, settings: Settings, letters: DeadLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    await give_up(sender, platform, redis)
    await poison(redis, settings)
    assert await letters.count() == 2
    await run(settings, "list")
    listed = capsys.readouterr().out
    assert "reply    reply-1" in listed and "errcode 40003" in listed and "message  message-1" in listed and "ValueError" in listed
    assert OPENID not in listed and "o9A…3bGY" in listed
    for name in ("reply", "message"):
        await run(settings, "show", name)
    shown = capsys.readouterr().out
    assert "您的电话 〔手机〕 已登记" in shown and "我的电话 〔手机〕" in shown and PHONE not in shown


async def test_a_reply_is_sent_again_once_however_often_it_is_asked(
    sender: Sender, platform: Platform, redis: Redis, settings: Settings, letters: DeadLetters
) -> None:
    await give_up(sender, platform, redis)
    letter = await letters.find("reply-1")
    assert await letters.resend(letter)
    assert not await letters.resend(letter)
    await scan(sender)
    await scan(sender)
    assert platform.texts() == [f"您的电话 {PHONE} 已登记"]
    assert await letters.count() == 0 and await events(redis) == ["resent"]


async def test_a_message_is_taken_up_again_and_its_answer_goes_out(
    sender: Sender, platform: Platform, redis: Redis, settings: Settings, letters: DeadLetters, bot: Bot
) -> None:
    await poison(redis, settings)
    await asyncio.gather(*(letters.resend(letter) for letter in await letters.all() * 2))
    assert [message.key for _, _, message in await bot.waiting()] == [AGAIN.format(key="message-1")]
    await bot.answer_all([{"text": "已查到"}])
    await scan(sender)
    assert platform.texts() == ["已查到"]
    assert await letters.count() == 0


async def test_all_are_resent_and_one_is_dropped(
    sender: Sender, platform: Platform, redis: Redis, settings: Settings, letters: DeadLetters, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(3):
        await give_up(sender, platform, redis, f"reply-{number}")
    await run(settings, "drop", "reply-2")
    assert await state(redis, OPENID, "reply-2") is None
    await run(settings, "resend")
    await scan(sender)
    assert len(platform.sent) == 2
    await run(settings, "list")
    assert "no dead letters" in capsys.readouterr().out
    assert sorted(await events(redis)) == ["dropped", "resent", "resent"]


async def test_who_leaves_takes_his_dead_letters_along(sender: Sender, platform: Platform, redis: Redis, letters: DeadLetters) -> None:
    await give_up(sender, platform, redis)
    await erase_user(redis, Message("bye", OPENID, kind="event", event="unsubscribe", at=now_ms()))
    assert await letters.count() == 0
    assert await state(redis, OPENID, "reply-1", "reply") is None


async def test_a_dead_letter_is_forgotten_in_the_end(sender: Sender, platform: Platform, redis: Redis) -> None:
    await give_up(sender, platform, redis)
    assert 29 * 86_400 < await redis.ttl(key(PART, "turn", "reply-1")) <= 30 * 86_400


@pytest.mark.parametrize("name", ["nothing", "reply"])
async def test_a_key_must_name_one(sender: Sender, platform: Platform, redis: Redis, letters: DeadLetters, name: str) -> None:
    await give_up(sender, platform, redis, "reply-1")
    await give_up(sender, platform, redis, "reply-2")
    with pytest.raises(InputError, match="dead letters begin with"):
        await letters.find(name)


async def test_a_message_sealed_with_another_key_says_so(redis: Redis, settings: Settings) -> None:
    await poison(redis, settings)
    letters = DeadLetters(redis, Fernet(Fernet.generate_key()))
    with pytest.raises(InputError, match="VAULT_KEY"):
        await letters.texts(await letters.find("message-1"))


@pytest.mark.parametrize("words", [["show"], ["resend"], ["drop"], ["drop", "--all"], ["resend", "x", "--all"]])
def test_the_command_asks_for_what_it_needs(words: list[str]) -> None:
    with pytest.raises(InputError, match="takes a key"):
        command.main(words)
