"""The reference government service API: `weijing backend`. `openapi.yaml` says what it does; a bureau may put its own in its place."""

from __future__ import annotations

import asyncio
import logging
import time
from argparse import ArgumentParser
from collections.abc import AsyncIterator, Callable, Iterable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import Histogram

from backend.applications import query_application
from backend.appointments import cancel_appointment, create_appointment, list_appointments, mark_reminded, move_appointment
from backend.cases import query_case
from backend.changes import list_changes, subscribe, unsubscribe
from backend.contract import SPEC, Handle, Operation, load_contract
from backend.counters import list_counters, list_slots
from backend.database import POOL, answers, close_pool, migrate, open_pool, wait_ready
from backend.evidence import add_evidence
from backend.filing_supplements import add_supplement, list_supplements
from backend.filings import create_filing, query_filing
from backend.finished import list_ratable
from backend.forgetting import erase_filing
from backend.identities import bind_identity, read_identity, unbind_identity
from backend.letters import create_letter, query_letter
from backend.matters import list_matters
from backend.notice_subscriptions import list_notice_deliveries, read_notice_subscriptions, subscribe_notices, unsubscribe_notices
from backend.notices import list_notices, publish_notice, read_notice, withdraw_notice
from backend.offices import list_offices
from backend.problems import problems
from backend.promises import PROMISES, Promises
from backend.ratings import create_rating
from backend.replies import add_reply
from backend.report_supplements import ask_reporter, supplement_report
from backend.reports import create_report, query_report
from backend.retention import keep_clean
from backend.ride_contacts import agree, invite
from backend.rides import check_in, list_own_rides, list_rides, mark_stage
from backend.security import Bucket, guard
from backend.seed import seed
from backend.service_items import list_service_items, read_service_item
from backend.steps import add_step
from backend.surveys import answer_survey, list_surveys, put_survey, read_results
from backend.vault import SEALED, VAULT, Vault, sealed_vault
from backend.withdrawal import withdraw_report
from weijing.health import add_health, serve, until_stopped
from weijing.logs import set_up_logs
from weijing.settings import Settings, load_settings

log = logging.getLogger(__name__)

MAX_BODY = 64 * 1024
WAIT_S = 60.0
"""How long a start waits for PostgreSQL."""

SECONDS = Histogram("weijing_backend_request_seconds", "Time of requests to the reference backend", ["operation", "status"])

HANDLERS: dict[str, Handle] = {
    "listServiceItems": list_service_items,
    "readServiceItem": read_service_item,
    "queryApplication": query_application,
    "createReport": create_report,
    "queryReport": query_report,
    "addEvidence": add_evidence,
    "askReporter": ask_reporter,
    "supplementReport": supplement_report,
    "listOffices": list_offices,
    "listCounters": list_counters,
    "listSlots": list_slots,
    "createAppointment": create_appointment,
    "listAppointments": list_appointments,
    "moveAppointment": move_appointment,
    "cancelAppointment": cancel_appointment,
    "markReminded": mark_reminded,
    "bindIdentity": bind_identity,
    "readIdentity": read_identity,
    "unbindIdentity": unbind_identity,
    "createRating": create_rating,
    "listRatable": list_ratable,
    "replyToFollowUp": add_reply,
    "createLetter": create_letter,
    "queryLetter": query_letter,
    "addLetterStep": add_step,
    "replyToLetter": add_reply,
    "listSurveys": list_surveys,
    "putSurvey": put_survey,
    "answerSurvey": answer_survey,
    "readSurveyResults": read_results,
    "queryCase": query_case,
    "withdrawReport": withdraw_report,
    "listMatters": list_matters,
    "subscribe": subscribe,
    "unsubscribe": unsubscribe,
    "listChanges": list_changes,
    "addApplicationStep": add_step,
    "addReportStep": add_step,
    "addCaseStep": add_step,
    "listNotices": list_notices,
    "readNotice": read_notice,
    "publishNotice": publish_notice,
    "withdrawNotice": withdraw_notice,
    "readNoticeSubscriptions": read_notice_subscriptions,
    "subscribeNotices": subscribe_notices,
    "unsubscribeNotices": unsubscribe_notices,
    "listNoticeDeliveries": list_notice_deliveries,
    "createFiling": create_filing,
    "queryFiling": query_filing,
    "eraseFiling": erase_filing,
    "addFilingStep": add_step,
    "addSupplement": add_supplement,
    "listSupplements": list_supplements,
    "checkIn": check_in,
    "inviteContact": invite,
    "agreeAsContact": agree,
    "listRides": list_rides,
    "listOwnRides": list_own_rides,
    "markStage": mark_stage,
}
"""operationId of the spec -> handler; the public operations are mounted below."""


def init_app(settings: Settings, bucket: Bucket | None = None) -> web.Application:
    """The app; starting it waits for PostgreSQL, migrates, seeds and opens the pool.

    Raises:
        EngineError: (at start) PostgreSQL cannot be reached.
        ServiceItemError, FilingError: (at start) a record of the data is not valid.
    """
    operations = load_contract()
    public = frozenset(operation.path for operation in operations if operation.public)
    middlewares = [measured(operations), problems, guard(settings.backend_token.get_secret_value(), public, bucket or Bucket())]
    app = web.Application(client_max_size=MAX_BODY, middlewares=middlewares)
    app[VAULT] = Vault(settings.vault_key.get_secret_value())
    app[PROMISES] = Promises(settings.follow_up_workdays, settings.letter_workdays)
    app[SEALED] = sealed_vault(settings.derived_key("sealed-reporter"))
    app.cleanup_ctx.extend([_database(settings), keep_clean])
    for operation in operations:
        if not operation.public:
            app.router.add_route(operation.method, operation.path, operation.validated(HANDLERS[operation.id]))
    app.router.add_get("/openapi.yaml", read_contract)

    async def ready() -> Mapping[str, bool]:
        return {"database": await answers(app[POOL])}

    add_health(app, ready)
    return app


async def read_contract(_: web.Request) -> web.Response:
    """The spec as it is."""
    return web.Response(text=SPEC.read_text(encoding="utf-8"), content_type="application/yaml")


def _database(settings: Settings) -> Callable[[web.Application], AsyncIterator[None]]:
    async def database(app: web.Application) -> AsyncIterator[None]:
        url = settings.database_url
        await wait_ready(url, WAIT_S)
        await asyncio.to_thread(migrate, url)
        app[POOL] = pool = await open_pool(url)
        await seed(pool, app[VAULT], demo=settings.demo, app_id=settings.wechat_app_id)
        yield
        await close_pool(pool)

    return database


def measured(operations: Iterable[Operation]) -> Middleware:
    """A middleware that times requests and logs the refused ones, by operation: never with a number, a query or a body."""
    names = {(operation.method, operation.path): operation.id for operation in operations}

    @web.middleware
    async def measure(request: web.Request, handler: Handler) -> web.StreamResponse:
        started = time.perf_counter()
        resource = request.match_info.route.resource
        name = names.get((request.method, resource.canonical if resource else ""), "unknown")
        response = await handler(request)
        SECONDS.labels(name, response.status).observe(time.perf_counter() - started)
        log.log(logging.INFO if response.status >= 400 else logging.DEBUG, "%s %d", name, response.status)
        return response

    return measure


def main(argv: list[str]) -> int:
    """Serve until SIGTERM or Ctrl-C.

    Raises:
        EngineError: PostgreSQL cannot be reached, or the port is taken.
    """
    ArgumentParser(prog="weijing backend", description="the reference government service API").parse_args(argv)
    set_up_logs()
    asyncio.run(_serve(load_settings()))
    return 0


async def _serve(settings: Settings) -> None:
    runner = await serve(init_app(settings), settings.backend_host, settings.backend_port)
    log.info("the backend listens on http://%s:%d", settings.backend_host, settings.backend_port)
    await until_stopped()
    await runner.cleanup()
    log.info("the backend has stopped")
