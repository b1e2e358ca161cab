"""What a model must do before it gets users: understand a handful of sentences and answer one."""

from __future__ import annotations

from rasa.shared.core.trackers import DialogueStateTracker

from bot.live import LiveUser
from bot.processor import TurnProcessor
from bot.turn import TurnRunner
from store.message import Message
from weijing.errors import SelfTestFailed

SENTENCES = ("你好", "谢谢", "办身份证要带什么材料", "我要投诉窗口态度不好", "转人工", "今天天气怎么样")
"""Understanding them fills lazy caches, which the workers then share."""
ANSWERED = "谢谢"
"""A sentence that every bot answers without asking anybody."""


async def self_test(processor: TurnProcessor, turns: TurnRunner) -> None:
    """Try the model on nobody's tracker; nothing is written.

    Raises:
        SelfTestFailed: it names no intent, or has no answer.
        Exception: whatever its components raised.
    """
    for sentence in SENTENCES:
        found = await processor.parse(sentence)
        if "name" not in (found.get("intent") or {}):
            raise SelfTestFailed(f"the model makes nothing of {sentence!r}; train it again")
    user = LiveUser(DialogueStateTracker("self-test", processor.domain.slots), 0, 0, {})
    commit = await turns.run(Message(key="self-test", openid="self-test", text=ANSWERED), "0-0", user)
    if not commit.bubbles or not commit.tracker:
        raise SelfTestFailed(f"the model has no answer to {ANSWERED!r}; train it again")
