"""The exception tree of Weijing: each error has a code and a sentence that says what to do."""

from __future__ import annotations


class WeijingError(Exception):
    """Base of every error that Weijing raises on purpose.

    Args:
        message: one sentence for the operator: what happened and what to do next. Never holds a secret or citizen data.
    """

    code = "weijing"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


class SettingsError(WeijingError):
    """A setting is missing or wrong."""

    code = "settings"


class EngineError(WeijingError):
    """Redis or PostgreSQL cannot be started or reached."""

    code = "engine"


class StartError(WeijingError):
    """`weijing run` cannot bring the house up; nothing of it stays running."""

    code = "start"


class EventMalformed(WeijingError):
    """An entry of the event stream is no event of ours; the projector sets it aside."""

    code = "event_malformed"


class StoreUnavailable(WeijingError):
    """Redis (or, for evidence, PostgreSQL) refused or did not answer: nothing was stored, and nobody may claim that it was."""

    code = "store_unavailable"


class CommitRefused(WeijingError):
    """A turn lost its right to commit (lease, tracker length or inbox entry); it must be dropped, not repeated here."""

    code = "commit_refused"


class TurnFailed(WeijingError):
    """A turn raised before its commit; the message stays in the inbox and is tried again."""

    code = "turn_failed"


class BackendUnavailable(WeijingError):
    """The government service API did not answer in time or answered 5xx."""

    code = "backend_unavailable"


class BackendRefused(WeijingError):
    """The government service API refused the request (4xx).

    Args:
        message: the problem's title.
        status: HTTP status.
        problem: the problem's `code` member (RFC 9457 extension), e.g. `not_found`.
        detail: the problem's sentence; of `invalid_filing` it begins with the field.
    """

    code = "backend_refused"

    def __init__(self, message: str, status: int, problem: str, detail: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.problem = problem
        self.detail = detail


class ServiceItemError(WeijingError):
    """A service item's record is not valid."""

    code = "service_item"


class PushRejected(WeijingError):
    """A push is not acceptable: bad signature, crypto or structure. The edge answers 403 or 400 without any echo."""

    code = "push_rejected"


class PushForbidden(PushRejected):
    """A push that WeChat did not sign or seal for us; the edge answers 403."""

    code = "push_forbidden"


class PlatformError(WeijingError):
    """The WeChat API answered with an errcode.

    Args:
        message: what the errcode means and what to do.
        errcode: WeChat's number, e.g. 45015.
        uncertain: nobody knows whether the call was carried out.
    """

    code = "platform"

    def __init__(self, message: str, errcode: int, *, uncertain: bool = False) -> None:
        super().__init__(message)
        self.errcode = errcode
        self.uncertain = uncertain


class ReplyRejected(WeijingError):
    """The simulator: WeChat would not show this passive reply but its fault notice; the sentence (Chinese, for the trace) says why."""

    code = "reply_rejected"


class TrainingFailed(WeijingError):
    """No model came out of the training data."""

    code = "training_failed"


class ReleaseConflict(WeijingError):
    """Another release was asked for between looking and deciding."""

    code = "release_conflict"


class ModelNotReleasable(WeijingError):
    """The gate stands between a model and the users."""

    code = "model_not_releasable"


class JobFailed(WeijingError):
    """A job of the trainer's process did not come to its end; the sentence (Chinese, for the page) says why."""

    code = "job_failed"


class SelfTestFailed(WeijingError):
    """A model was loaded but does not answer; the one before goes on."""

    code = "self_test"


class InputError(WeijingError):
    """A line of a command's standard input cannot be used."""

    code = "input"


class EvidenceRefused(WeijingError):
    """A file that a user sent cannot be kept.

    Args:
        reason: `empty`, `too_large`, `wrong_type`, `expired`, `not_offered` (the platform gives no way to fetch it).
    """

    code = "evidence_refused"

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class EvidenceUnreadable(WeijingError):
    """Kept evidence cannot be read: there is none under this id, it was altered, or it was sealed with another key."""

    code = "evidence_unreadable"
