"""What a work item takes over from its matter, in the same columns for every kind."""

from __future__ import annotations

from backend.routing import INSPECTORS, INSPECTORS_ABOVE

_LETTER_TOPIC = "CASE kind WHEN 'suggestion' THEN '建议' WHEN 'question' THEN '咨询' WHEN 'request' THEN '求助' WHEN 'praise' THEN '表扬' ELSE '意见' END"
_CATEGORY_UNIT = "CASE i.category WHEN 'exit_entry' THEN '出入境' WHEN 'traffic' THEN '交管' WHEN 'public_order' THEN '治安' ELSE '户政' END"

SOURCES = {
    "application": f"""
        SELECT application_no AS number, item_name AS topic, item_name AS title, '' AS content, status, {_CATEGORY_UNIT} AS unit, 'normal' AS urgency,
               '[]'::jsonb AS urgency_reasons, '' AS area, (applied_on + time '10:00') AT TIME ZONE 'Asia/Shanghai' AS received_at, promised_on,
               'named' AS mode, false AS complaint, '' AS against, '' AS definition, i.record AS item
          FROM backend.applications a LEFT JOIN backend.service_items i ON i.id = a.service_item_id
    """,  # noqa: S608  our own words
    "report": f"""
        SELECT report_no AS number, topic, CASE kind WHEN 'tip' THEN '举报：' ELSE '投诉：' END || topic AS title, content, status, unit, urgency,
               urgency_reasons, area, received_at, promised_on, mode, kind = 'complaint' AS complaint,
               CASE unit WHEN '{INSPECTORS_ABOVE}' THEN '{INSPECTORS}' ELSE '' END AS against, '' AS definition, NULL::jsonb AS item
          FROM backend.reports
    """,  # noqa: S608  our own words
    "letter": f"""
        SELECT letter_no AS number, {_LETTER_TOPIC} AS topic, '局长信箱：' || {_LETTER_TOPIC} AS title, content, status, unit, 'normal' AS urgency,
               '[]'::jsonb AS urgency_reasons, '' AS area, received_at, promised_on, CASE WHEN contact IS NULL THEN 'anonymous' ELSE 'named' END AS mode,
               unit = '{INSPECTORS}' AS complaint, '' AS against, '' AS definition, NULL::jsonb AS item
          FROM backend.letters
    """,  # noqa: S608  our own words
    "filing": """
        SELECT filing_no AS number, item_name AS topic, item_name AS title, '' AS content, status, regexp_replace(office, '部门$', '') AS unit,
               'normal' AS urgency, '[]'::jsonb AS urgency_reasons, '' AS area, received_at, promised_on, 'named' AS mode, false AS complaint,
               '' AS against, kind AS definition, NULL::jsonb AS item
          FROM backend.filings
    """,
    "follow_up": """
        SELECT follow_up_no AS number, '差评回访' AS topic, '差评回访 ' || matter AS title, '' AS content, status, unit, 'normal' AS urgency,
               '[]'::jsonb AS urgency_reasons, '' AS area, opened_at AS received_at, due_on AS promised_on, 'anonymous' AS mode, true AS complaint,
               rated_unit AS against, '' AS definition, NULL::jsonb AS item
          FROM backend.follow_ups
    """,
}
"""Kind -> its matters."""
PROMISES = {
    "application": "UPDATE backend.applications SET promised_on = $2 WHERE application_no = $1",
    "report": "UPDATE backend.reports SET promised_on = $2 WHERE report_no = $1",
    "filing": "UPDATE backend.filings SET promised_on = $2 WHERE filing_no = $1",
}
"""Kind -> what writes a later promised day into a matter whose clock stood."""
