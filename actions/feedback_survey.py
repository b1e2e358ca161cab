"""Surveys and polls: question by question, stopped and gone on with at will, sent when the last is answered. No name is asked or kept."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import ActiveLoop, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import BaseAction, Event, cleared
from actions.client import backend
from actions.correction import Correction
from actions.feedback_questions import buttons_of, hint_of, next_question, read_answer
from actions.field import Field, Slots
from actions.form import TRIES, Form
from actions.said import Said
from store.context import current
from weijing.errors import BackendRefused, BackendUnavailable
from weijing.privacy import MASK

log = logging.getLogger(__name__)

SLOTS = ("survey_choices", "survey", "survey_done", TRIES)
DRAFT = "survey_draft"
"""`{id, answers}` of the survey that was begun; stays when the form is left."""
OFFERED = 3
_BACK = re.compile("(?:返回|回到|改|看|重答)?(?:上一题|前一题|上一个)|(?:改|重答|修改)?第(?P<number>[1-9]\\d?)题(?:重答|改一下)?")


def _survey(said: Said, slots: Slots) -> dict[str, Any] | None:
    fitting = [one for one in slots.get("survey_choices") or [] if one["title"] in said.text]
    return fitting[0] if len(fitting) == 1 else None


def _answers(slots: Slots) -> dict[str, Any]:
    """What was answered of the open survey."""
    draft = slots.get(DRAFT) or {}
    return dict(draft["answers"]) if slots.get("survey") and draft.get("id") == slots["survey"]["id"] else {}


def _answer(said: Said, slots: Slots) -> Any:
    asked = next_question(slots["survey"], _answers(slots)) if slots.get("survey") else None
    return read_answer(asked[1], said) if asked else None


FIELDS = (Field("survey", "问卷", _survey), Field("survey_done", "答案", _answer))


class ActionStartSurvey(BaseAction):
    """What is open: one is begun or gone on with, of several one is chosen."""

    degraded: ClassVar[str] = "utter_survey_unavailable"

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """Those not answered yet come first."""
        if tracker.active_loop.get("name"):
            dispatcher.utter_message(response="utter_feedback_finish_first")
            return []
        found = sorted(await backend().surveys(tracker.sender_id), key=lambda one: bool(one["answered"]))[:OFFERED]
        if not found:
            dispatcher.utter_message(response="utter_survey_none")
            return []
        begun = [one for one in found if one["id"] == (tracker.get_slot(DRAFT) or {}).get("id")]
        only = begun[0] if begun else found[0] if len(found) == 1 else None
        if only:
            dispatcher.utter_message(**_intro(only, begun=bool(begun)))
        return [*cleared(SLOTS), SlotSet("survey", only), SlotSet("survey_choices", None if only else found), ActiveLoop("survey_form")]


class ValidateSurveyForm(Form):
    """Takes one answer after the other; a question is open as long as the draft has no answer to it."""

    fields: tuple[Field, ...] = FIELDS
    own: ClassVar[frozenset[str]] = frozenset({"answer_survey"})

    def settle(self, taken: dict[str, Any], slots: Slots) -> dict[str, Any]:
        """An answer goes into the draft; the form is done when the last question is answered."""
        survey, value = taken.get("survey") or slots.get("survey"), taken.get("survey_done")
        if not survey or value is None:
            return taken
        asked, answers = next_question(survey, _answers(slots)), _answers(slots)
        if asked:
            answers[asked[1]["id"]] = value
        return {**taken, "survey_done": True if next_question(survey, answers) is None else None, DRAFT: {"id": survey["id"], "answers": answers}}

    def remarks(self, taken: Slots) -> list[dict[str, Any]]:
        """A survey that was just chosen is introduced."""
        return [_intro(taken["survey"], begun=False)] if taken.get("survey") else []

    def _is_aside(self, said: Said, asked: Field, slots: Slots) -> bool:
        """Free words may ask and complain as they like."""
        question = next_question(slots["survey"], _answers(slots)) if slots.get("survey") else None
        words = question is not None and question[1]["kind"] == "words"
        return not _BACK.fullmatch(said.text.strip()) and super()._is_aside(said, replace(asked, story=True) if words else asked, slots)

    def _correct(self, dispatcher: CollectingDispatcher, said: Said, field: Field, correction: Correction, slots: Slots) -> dict[str, Any]:
        """「第2个」 is an answer here."""
        asked = next(field for field in FIELDS if field.slot == (slots.get("requested_slot") or "survey_done"))
        return self._take(dispatcher, said, asked, slots)

    def _take(self, dispatcher: CollectingDispatcher, said: Said, asked: Field | None, slots: Slots) -> dict[str, Any]:
        """「上一题」 and 「第2题」 open an answered question again."""
        back = _BACK.fullmatch(said.text.strip())
        if not back or not slots.get("survey"):
            return super()._take(dispatcher, said, asked, slots)
        answers = _answers(slots)
        ids = [one["id"] for one in slots["survey"]["questions"]]
        given = [one for one in ids if one in answers]
        again = ids[int(back["number"]) - 1 : int(back["number"])] if back["number"] else given[-1:]
        return {DRAFT: {"id": slots["survey"]["id"], "answers": {name: value for name, value in answers.items() if name not in again}}}


class ActionAskSurveyFormSurvey(BaseAction):
    """Which survey."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """One button each."""
        choices = tracker.get_slot("survey_choices") or []
        buttons = [{"title": one["title"] + ("（已答，可以改）" if one["answered"] else ""), "payload": one["title"]} for one in choices]
        dispatcher.utter_message(response="utter_survey_ask_which", buttons=buttons)
        return []


class ActionAskSurveyFormSurveyDone(BaseAction):
    """The next question."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """With its number, so that one sees the end coming."""
        survey = tracker.get_slot("survey")
        asked = next_question(survey, _answers(tracker.slots))
        if asked:
            number, question = asked
            place = f"{number}/{len(survey['questions'])}"
            text = question["text"] + hint_of(question)
            dispatcher.utter_message(response="utter_survey_question", place=place, question=text, buttons=buttons_of(question))
        return []


class ActionSubmitSurvey(BaseAction):
    """Send the answers."""

    async def answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[Event]:
        """While the backend is away they are kept and sent later, once. What was masked in free words stays out: a survey needs nobody's number."""
        survey = tracker.get_slot("survey")
        if not survey or not tracker.get_slot("survey_done"):
            return cleared(SLOTS)
        body = {"openid": tracker.sender_id, "answers": {name: _plain(value) for name, value in _answers(tracker.slots).items() if value != ""}}
        try:
            changed = (await backend().answer_survey(survey["id"], body))["changed"]
            dispatcher.utter_message(response="utter_survey_changed" if changed else "utter_survey_thanks", closes_on=survey["closes_on"])
        except BackendUnavailable as error:
            log.warning("a survey's answers are kept for later: %s", error)
            current().defer("PUT", f"/v1/surveys/{survey['id']}/answers", body, current().idempotency_key(self.name()), "survey")
            dispatcher.utter_message(response="utter_survey_kept")
        except BackendRefused as error:
            log.warning("a survey's answers were refused: %s", error)
            dispatcher.utter_message(response="utter_survey_closed")
        return cleared((*SLOTS, DRAFT))


def _plain(value: Any) -> Any:
    return MASK.sub(lambda found: f"（{found[1]}已隐去）", value) if isinstance(value, str) else value


def _intro(survey: dict[str, Any], *, begun: bool) -> dict[str, Any]:
    response = "utter_survey_go_on" if begun else "utter_survey_again" if survey["answered"] else "utter_survey_intro"
    return {"response": response, "title": survey["title"], "intro": survey["intro"], "closes_on": survey["closes_on"]}
