"""Which function answers which operation of the contract."""

from __future__ import annotations

from backend.applications import query_application
from backend.appointments import cancel_appointment, create_appointment, list_appointments, mark_reminded, move_appointment
from backend.cases import query_case
from backend.changes import list_changes, subscribe, unsubscribe
from backend.contract import Handle
from backend.conversations import end_conversation
from backend.counters import list_counters, list_slots
from backend.deliveries import add_delivery_step, create_delivery, query_delivery
from backend.evidence import add_evidence
from backend.feedback_lists import list_follow_ups, list_letters, summarise_ratings
from backend.filing_supplements import add_supplement, list_supplements
from backend.filings import create_filing, query_filing
from backend.finished import list_ratable
from backend.forgetting import erase_filing
from backend.identities import bind_identity, read_identity, unbind_identity
from backend.letters import create_letter, query_letter
from backend.matters import list_matters
from backend.namesakes import count_namesakes
from backend.notice_subscriptions import list_notice_deliveries, read_notice_subscriptions, subscribe_notices, unsubscribe_notices
from backend.notices import list_notices, publish_notice, read_notice, withdraw_notice
from backend.offices import list_offices
from backend.payments import set_payment
from backend.ratings import create_rating
from backend.replies import add_reply
from backend.report_supplements import ask_reporter, supplement_report
from backend.reports import create_report, query_report
from backend.ride_contacts import agree, end, invite, read_invitation
from backend.rides import check_in, list_own_rides, list_rides, mark_stage
from backend.seal_openings import approve_opening, ask_opening, list_openings, read_reporter
from backend.service_item_edit import replace_service_item
from backend.service_item_switch import switch_service_item
from backend.service_items import list_service_items, read_service_item
from backend.statistics import read_statistics
from backend.steps import add_step
from backend.supervision import supervise
from backend.surveys import answer_survey, list_surveys, put_survey, read_results
from backend.units import list_units
from backend.withdrawal import withdraw_report
from backend.work_asks import ask_citizen
from backend.work_counts import count_work
from backend.work_detail import read_work
from backend.work_list import list_work
from backend.work_merges import merge
from backend.work_moves import add_note, assign, transition

HANDLERS: dict[str, Handle] = {
    "listServiceItems": list_service_items,
    "readServiceItem": read_service_item,
    "switchServiceItem": switch_service_item, "replaceServiceItem": replace_service_item,
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
    "summariseRatings": summarise_ratings,
    "listFollowUps": list_follow_ups,
    "listLetters": list_letters,
    "listRatable": list_ratable,
    "replyToFollowUp": add_reply,
    "createLetter": create_letter,
    "endConversation": end_conversation,
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
    "readInvitation": read_invitation,
    "agreeAsContact": agree,
    "endAsContact": end,
    "listRides": list_rides,
    "listOwnRides": list_own_rides,
    "markStage": mark_stage,
    "createDelivery": create_delivery,
    "addDeliveryStep": add_delivery_step,
    "queryDelivery": query_delivery,
    "setPayment": set_payment,
    "countNamesakes": count_namesakes,
    "listUnits": list_units,
    "readWorkStatistics": read_statistics,
    "countWork": count_work, "listWork": list_work,
    "readWork": read_work,
    "moveWork": transition,
    "assignWork": assign,
    "askCitizen": ask_citizen,
    "mergeWork": merge,
    "superviseWork": supervise,
    "addWorkNote": add_note,
    "askSealOpening": ask_opening,
    "approveSealOpening": approve_opening,
    "readSealedReporter": read_reporter,
    "listSealOpenings": list_openings,
}
"""operationId of the spec -> handler; the public ones stand in `backend/app.py`."""
