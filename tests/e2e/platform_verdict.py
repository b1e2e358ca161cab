"""The verdict: what WeChat was told and shown, against what the witness saw."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from store.held import OLDER
from store.message import Bubble
from tests.e2e.platform_wechat import WeChat
from tests.e2e.platform_witness import Witness

PROOF = 200
"""So many characters of a reply's beginning identify it."""
_KEPT, _OLDER = "之前没能及时", OLDER.partition("{")[0]
"""How the sentences begin that stand before replies which waited for the user."""


@dataclass
class Verdict:
    """Each list names message keys and must be empty, but for `shown_twice`.

    Args:
        lost: accepted, but without a turn; or its reply never reached the user.
        late: WeChat cut a request after 5 s although the edge lived.
        doubled: two turns, inbox entries, posts or deliveries of one message.
        disordered: users whose turns were not committed in the order in which their messages were accepted.
        lied: WeChat was told that a message was not received, but it was.
        wrong: WeChat was shown something else than the turn's reply.
        shown_twice: doubles of the last hop: how many customer-service messages were sent beyond need.
    """

    lost: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    lied: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    shown_twice: int = 0

    @property
    def clean(self) -> bool:
        """Nothing was lost, late, doubled, out of order, denied or mistaken."""
        return not (self.lost or self.late or self.doubled or self.disordered or self.lied or self.wrong)


def judge(witness: Witness, wechat: WeChat, sent: dict[str, list[str]]) -> Verdict:
    """Judge the storm when everything has settled.

    Args:
        sent: user -> customer-service messages that the platform took.
    """
    verdict = Verdict()
    turns = Counter(name for names in witness.committed.values() for name in names)
    queued = Counter(name for names in witness.accepted.values() for name in names)
    verdict.doubled = [name for count in (turns, queued, witness.posts, witness.sent) for name, times in count.items() if times > 1]
    for openid, names in witness.accepted.items():
        if [name for name in names if turns[name]] != list(dict.fromkeys(witness.committed[openid])):
            verdict.disordered.append(openid)
    for exchange in wechat.exchanges:
        if exchange.accepted and not turns[exchange.key]:
            verdict.lost.append(f"{exchange.key}: no turn, told {exchange.told}")
        if exchange.refused and queued[exchange.key]:
            verdict.lied.append(exchange.key)
        if wechat.late(exchange):
            verdict.late.append(exchange.key)
        if not all(_proof(witness.replies.get(exchange.key, [])) in text for text in exchange.shown):
            verdict.wrong.append(f"{exchange.key}: {exchange.shown}")
    _judge_last_hop(verdict, witness, {exchange.key for exchange in wechat.exchanges if exchange.shown}, sent)
    return verdict


def _judge_last_hop(verdict: Verdict, witness: Witness, passive: set[str], sent: dict[str, list[str]]) -> None:
    """What was neither shown passively nor brought along by a later reply must have been sent; what was sent beyond that is a double."""
    brought = {earlier for names in witness.held.values() for earlier in names}
    owners = {**{name: openid for openid, names in witness.committed.items() for name in names}, **witness.posted_to}
    proofs = {name: (openid, _proof(witness.replies.get(name, []))) for name, openid in owners.items()}
    needed = Counter(proof for name, proof in proofs.items() if name not in passive | brought)
    there = Counter({proof: sum(proof[1] in text for text in sent.get(proof[0], [])) for proof in set(proofs.values())})
    for proof in needed - there:
        replies = {name: witness.replies.get(name) for name, one in proofs.items() if one == proof and name not in passive | brought}
        verdict.lost.append(f"{proof[0]}: needed {needed[proof]} times, sent {there[proof]} times: {proof[1][:40]!r}, replies {str(replies)[:300]}")
    verdict.shown_twice = sum((there - needed).values())


def _proof(bubbles: list[Bubble]) -> str:
    texts = [str(bubble["text"]).strip() for bubble in bubbles if bubble.get("text")]
    own = [words for text in texts if (words := _own(text))]
    if own:
        return own[0][:PROOF]
    button = next((button for bubble in bubbles for button in bubble.get("buttons") or []), None)  # the rest of a long reply may be buttons alone
    return f'msgmenuid={button.get("number", 1)}">{button["title"]}</a>' if button else "a turn without words"


def _own(text: str) -> str:
    """The text behind such sentences: what is left of a reply that was sent in part is one text, which begins with them."""
    while text.startswith((_KEPT, _OLDER)):
        text = text.partition("\n\n")[2].strip()
    return text
