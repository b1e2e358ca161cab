"""Surveys and polls 问卷、民意调查: defined by staff, answered without a name, counted.

Nothing tells who answered: the key of an answer is a digest of survey and openid together, so that it can be changed while the survey is open and nobody can
tell who it was, nor that two surveys were answered by one person. Free words are sealed, and only the day of an answer is kept.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import asyncpg
from aiohttp import web

from backend.contract import BODY
from backend.counters import parse_day
from backend.database import POOL, connected, transaction
from backend.problems import Problem, not_found
from backend.survey_results import counted
from backend.vault import VAULT, Vault
from weijing.workdays import SHANGHAI

KNOWN = "SELECT questions, EXISTS (SELECT FROM backend.survey_answers WHERE survey_id = id) AS answered FROM backend.surveys WHERE id = $1 FOR UPDATE"
UPSERT = """
    INSERT INTO backend.surveys (id, title, intro, unit, questions, opens_on, closes_on) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id) DO UPDATE SET title = excluded.title, intro = excluded.intro, unit = excluded.unit, questions = excluded.questions,
        opens_on = excluded.opens_on, closes_on = excluded.closes_on
"""
OPEN = "SELECT * FROM backend.surveys WHERE opens_on <= $1 AND closes_on >= $1 ORDER BY closes_on, id LIMIT 10"
ALL = """
    SELECT s.*, EXISTS (SELECT FROM backend.survey_answers WHERE survey_id = s.id) AS answered FROM backend.surveys s
     ORDER BY closes_on DESC, id LIMIT 100
"""
ANSWERED = "SELECT survey_id FROM backend.survey_answers WHERE person = ANY($1)"
ANSWER = """
    INSERT INTO backend.survey_answers AS known (survey_id, person, answers, words, answered_on) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (survey_id, person) DO UPDATE SET answers = excluded.answers, words = excluded.words, answered_on = excluded.answered_on
    RETURNING xmax <> 0 AS changed
"""


async def put_survey(request: web.Request) -> web.StreamResponse:
    """Define a survey, or change it; its questions only as long as nobody answered.

    Raises:
        Problem: 409 `already_answered`, 422 for days or questions that cannot be.
    """
    survey, body = request.match_info["survey_id"], request[BODY]
    opens, closes = parse_day(body["opens_on"]), parse_day(body["closes_on"])
    if opens > closes or len({question["id"] for question in body["questions"]}) < len(body["questions"]):
        raise Problem(422, "invalid_body", "A survey closes after it opens, and its questions have different ids.")
    async with transaction(request.app[POOL]) as connection:
        known = await connection.fetchrow(KNOWN, survey)
        if known and known["answered"] and known["questions"] != body["questions"]:
            raise Problem(409, "already_answered", "People have answered these questions; define another survey.")
        await connection.execute(UPSERT, survey, body["title"], body["intro"], body["unit"], body["questions"], opens, closes)
    return web.json_response({"id": survey, **body})


async def list_surveys(request: web.Request) -> web.StreamResponse:
    """The open surveys, those that close first before the others, and whether this user has answered them; without a user all, and whether anybody has."""
    vault, openid = request.app[VAULT], request.query.get("openid")
    if openid is None:
        async with connected(request.app[POOL]) as connection:
            every = await connection.fetch(ALL)
        return web.json_response({"surveys": [{**_shown(row), "answered": row["answered"]} for row in every]})
    async with connected(request.app[POOL]) as connection:
        rows = await connection.fetch(OPEN, datetime.now(SHANGHAI).date())
        answered = {row[0] for row in await connection.fetch(ANSWERED, [_person(vault, row["id"], openid) for row in rows])}
    return web.json_response({"surveys": [{**_shown(row), "answered": row["id"] in answered} for row in rows]})


async def answer_survey(request: web.Request) -> web.StreamResponse:
    """Answer a survey, or change one's answers.

    Raises:
        Problem: 404 no such survey, 409 `survey_closed`, 422 when the answers are not those of its questions.
    """
    survey, body, vault = request.match_info["survey_id"], request[BODY], request.app[VAULT]
    today = datetime.now(SHANGHAI).date()
    async with transaction(request.app[POOL]) as connection:
        row = await connection.fetchrow("SELECT * FROM backend.surveys WHERE id = $1 FOR SHARE", survey)
        if row is None:
            raise not_found()
        if not row["opens_on"] <= today <= row["closes_on"]:
            raise Problem(409, "survey_closed", "The survey is not open today.")
        _check(row["questions"], body["answers"])
        words = {question["id"]: body["answers"].pop(question["id"], "") for question in row["questions"] if question["kind"] == "words"}
        changed = await connection.fetchval(ANSWER, survey, _person(vault, survey, body["openid"]), body["answers"], vault.seal(words), today)
    return web.json_response({"id": survey, "changed": changed})


async def read_results(request: web.Request) -> web.StreamResponse:
    """How it was answered, for staff."""
    survey, vault = request.match_info["survey_id"], request.app[VAULT]
    async with connected(request.app[POOL]) as connection:
        row = await connection.fetchrow("SELECT * FROM backend.surveys WHERE id = $1", survey)
        answers = await connection.fetch("SELECT answers, words FROM backend.survey_answers WHERE survey_id = $1 ORDER BY person", survey)
    if row is None:
        raise not_found()
    given = [{**one["answers"], **vault.open(one["words"])} for one in answers]
    shown = _shown(row)
    questions = [counted(question, given) for question in shown.pop("questions")]
    return web.json_response({**shown, "answered": len(given), "questions": questions})


def _shown(row: asyncpg.Record) -> dict[str, Any]:
    shown = {name: row[name] for name in ("id", "title", "intro", "unit", "questions")}
    return shown | {name: row[name].isoformat() for name in ("opens_on", "closes_on")}


def _person(vault: Vault, survey: str, openid: str) -> str:
    return vault.digest("survey", survey, openid)


def _check(questions: list[dict[str, Any]], answers: dict[str, Any]) -> None:
    missing = {question["id"] for question in questions if not question.get("optional") and question["id"] not in answers}
    known = {question["id"]: question for question in questions}
    if missing or set(answers) - set(known) or not all(_fits(known[name], answer) for name, answer in answers.items()):
        raise Problem(422, "invalid_answers", "The answers are not those of the survey's questions.")


def _fits(question: dict[str, Any], answer: Any) -> bool:
    if question["kind"] == "several":
        return isinstance(answer, list) and 0 < len(set(answer)) == len(answer) and set(answer) <= set(question["options"])
    if question["kind"] == "one":
        return answer in question["options"]
    return type(answer) is int and 1 <= answer <= 5 if question["kind"] == "mark" else isinstance(answer, str)
