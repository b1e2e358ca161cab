"""Names of everything in Redis. All keys of a partition carry its hash tag, so that a script stays in one cluster slot.

    wj:{p}:inbox            stream: messages accepted and not done; an entry that exists is work not done
    wj:{p}:turn:<key>       hash: the state of one message and its reply (see `store.turns`)
    wj:{p}:due              sorted set: message keys by the time (ms) at which the sender must deliver their reply
    wj:{p}:front            hash: openid -> the reply that is on its way; the user's younger ones wait for it
    wj:{p}:user:<openid>    hash: len (events ever), offset (events trimmed), header (JSON events that restore the slots)
    wj:{p}:tracker:<openid> list: tracker events (JSON) since `offset`
    wj:{p}:held:<openid>    list: message keys whose reply waits until the user writes again
    wj:{p}:replies:<openid> list: message keys of the user's last replies (200, a day), by which they are found when he leaves
    wj:{p}:vault:<openid>   hash: reference -> encrypted value
    wj:{p}:quota:<openid>   hash: what the platform still allows (see `store.ledger`)
    wj:{p}:consent:<openid> hash: template id -> accept | reject (see `store.consents`)
    wj:{p}:webchat:<openid> stream: what a visitor of the web chat sees, sealed (see `store.webchat_log`)
    wj:{p}:open:<openid>    list: a visitor's turns that are under way, in order
    wj:{p}:said:<key>       string: this message of a visitor was accepted
    wj:{p}:left:<openid>    string: this visitor has ended the talk
    wj:{p}:events           stream: what the projector writes to PostgreSQL
    wj:{p}:media            stream: files that the platform holds and the evidence keeper has not fetched yet; an entry that exists is work not done
    wj:{p}:deferred         stream: backend calls kept while the backend is away (`c`), and users who left (`gone`)
    wj:{p}:dead             stream: messages that failed three times, and replies that were given up (see `store.dead_letters`)
    wj:{p}:attempts         hash: inbox id -> times a worker has taken it up again
    wj:{p}:lease            string: the worker that owns the partition, `<host>:<pid>:<nonce>|<model>`
    wj:{p}:rule             hash: epoch, model (the only one whose workers may take the lease), since (last event before) (see `store.release`)
    wj:changes              string: id of the last change of the backend's feed that was posted (see `actions.changes`)
    wj:notices              hash: urgent | plain -> id of the last delivery of the backend's feed of notices that was posted (see `actions.notice_feed`)
    wj:catalogue            hash: version and items (JSON) of the backend's catalogue, for the linker (see `store.catalogue`)
    wj:hours                string: the desk's hours (JSON), as the console last set them (see `weijing.desk_hours`)
    wj:release              hash: released, canary, share, epoch: the release that was asked for last
    wj:rule                 hash: the same of the release that is in force
    wj:bots                 hash: keeper of a bot -> how it stands (JSON)
    wj:workers              sorted set: live workers by heartbeat (ms)
    wj:{<app id>}:token     string: the account's access token, alone under this key (see `channels.wechat.token`; beside it its _lock, _failed and _forced)
    wj:{<app id>}:pace      string: the pace of the account's calls (see `store.pace`)
    wj:edge:<id>            pub/sub channel of one edge; `wj:edge:webchat:<openid>` of all that have a page of this visitor
    wj:typing               pub/sub channel: openids that somebody of the staff writes to now (see `store.typing`)
    wj:limit:<what>:<who>   counters of the rate limits of the web chat, the H5 pages and the console (see `store.tally`)
    wj:h5:state:<hash>      string: a login on its way through WeChat's OAuth2 (see `channels.h5.oauth`)
"""

from __future__ import annotations

import zlib

PARTITIONS = 64
"""Fixed for ever: another number would move users to other keys."""

WORKERS = "wj:workers"
CHANGES = "wj:changes"
NOTICES = "wj:notices"
CATALOGUE = "wj:catalogue"
TYPING = "wj:typing"
HOURS = "wj:hours"
RELEASE, RULE, BOTS = "wj:release", "wj:rule", "wj:bots"


def partition(openid: str) -> int:
    """The partition (0..63) that holds everything of this user."""
    return zlib.crc32(openid.encode()) % PARTITIONS


def channel_of(openid: str) -> str:
    """The channel that a user came by. An openid of WeChat's has letters, digits, `-` and `_`; a visitor of the web chat is `web.<random>`."""
    return "webchat" if openid.startswith("web.") else "wechat"


def key(part: int, noun: str, name: str = "") -> str:
    """The Redis key of `noun` (and `name`) in a partition."""
    return f"wj:{{{part}}}:{noun}:{name}" if name else f"wj:{{{part}}}:{noun}"


def account_key(app_id: str, noun: str) -> str:
    """The Redis key of something that belongs to the account, not to a user."""
    return f"wj:{{{app_id}}}:{noun}"


def edge_channel(edge: str) -> str:
    """The pub/sub channel on which the edge hears that a reply is ready; the payload is the message key."""
    return f"wj:edge:{edge}"
