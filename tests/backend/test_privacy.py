"""No proof, phone or sender lies readable in any table."""

from __future__ import annotations

import asyncpg
import pytest

from backend.demo import DEMO
from backend.vault import Vault
from tests.backend.conftest import Api, Running

SECRETS = {"name": "欧阳某某", "phone": "19977778888"}


async def dump(database: asyncpg.Connection) -> str:
    """Every row of every table of the schema, as text."""
    tables = [row[0] for row in await database.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'backend'")]
    assert len(tables) >= 8
    rows = [str(dict(row)) for table in tables for row in await database.fetch(f"SELECT * FROM backend.{table}")]
    return "\n".join(rows)


async def test_no_proof_contact_or_sender_is_readable_in_any_table(api: Api, database: asyncpg.Connection) -> None:
    filed = await api.report("privacy-key", kind="complaint", mode="named", content="独一无二的话", reporter=SECRETS, openid="o-very-private")
    await api.report("privacy-key", kind="complaint", mode="named", content="独一无二的话", reporter=SECRETS, openid="o-very-private")
    await api.progress(filed.json["report_no"], query_code="2345-6789")
    await api.progress(DEMO[0].application_no, phone="13811112222")
    text = await dump(database)
    assert filed.json["report_no"] in text and "独一无二的话" in text, "the dump would not show a leak"
    tried = ["2345-6789", "23456789", "13811112222"]
    for secret in [filed.json["query_code"], *SECRETS.values(), "o-very-private", *tried, *(proof for demo in DEMO for proof in demo.proofs.values())]:
        assert secret not in text
        assert secret.replace("-", "") not in text


async def test_the_contact_can_be_opened_with_the_key_alone(api: Api, database: asyncpg.Connection, backend: Running) -> None:
    filed = await api.report(mode="named", reporter=SECRETS)
    sealed = await database.fetchval("SELECT contact FROM backend.reports WHERE report_no = $1", filed.json["report_no"])
    assert Vault(backend.settings.vault_key.get_secret_value()).open(sealed) == SECRETS


def test_equal_proofs_have_different_hashes_and_another_key_fits_none(backend: Running) -> None:
    vault, other = Vault(backend.settings.vault_key.get_secret_value()), Vault("A" * 43 + "=")
    first, second = vault.hash("7KQ2M9XD"), vault.hash("7KQ2M9XD")
    assert first != second
    assert vault.fits("7KQ2M9XD", first) and vault.fits("7KQ2M9XD", second)
    assert not vault.fits("7KQ2M9XE", first) and not vault.fits("7KQ2M9XD", None)
    assert not other.fits("7KQ2M9XD", first)


async def test_answers_and_logs_do_not_name_the_reporter(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    filed = await api.report(mode="named", reporter=SECRETS, openid="o-logged")
    progress = await api.progress(filed.json["report_no"], query_code=filed.json["query_code"])
    seen = f"{filed.json} {progress.json} {caplog.text}"
    assert "createReport 201" in seen
    for secret in (*SECRETS.values(), "o-logged"):
        assert secret not in seen
    assert filed.json["query_code"] not in caplog.text
