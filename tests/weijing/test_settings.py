"""Settings: every one is in the documentation, wrong ones are named, secrets are shown nowhere."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from weijing import settings_table
from weijing.errors import SettingsError
from weijing.generated import SECRETS_FILE
from weijing.settings import ROOT, Settings, load_settings


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """An environment without any setting of ours but WEIJING_VAR."""
    for name in Settings.__fields__:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("WEIJING_VAR", str(tmp_path / "var"))
    load_settings.cache_clear()
    yield monkeypatch
    load_settings.cache_clear()


def documented() -> list[tuple[str, str, str]]:
    """(name, default, meaning) of each row in docs/settings.md."""
    return re.findall(r"^\| `([A-Z_]+)` \| (.*?) \| (.*?) \|$", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.MULTILINE)


def default(name: str, value: object) -> str:
    """A default as the documentation writes it."""
    text = settings_table.shown(name, value).replace(str(ROOT) + os.sep, "")
    return "empty" if text == "-" else f"`{text}`"


def test_the_documentation_lists_every_setting_with_its_default_and_meaning() -> None:
    in_code = [(name.upper(), default(name, field.default), field.field_info.description) for name, field in Settings.__fields__.items()]
    assert documented() == in_code


def test_demo_secrets_are_made_once_and_readable_by_the_owner_only(fresh: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = load_settings()
    assert stat.S_IMODE((tmp_path / "var" / SECRETS_FILE).stat().st_mode) == 0o600
    load_settings.cache_clear()
    assert load_settings() == first and len(first.wechat_aes_key.get_secret_value()) == 43


def test_a_set_secret_wins_over_the_generated_one(fresh: pytest.MonkeyPatch) -> None:
    fresh.setenv("WECHAT_TOKEN", "mine")
    assert load_settings().wechat_token.get_secret_value() == "mine"


@pytest.mark.parametrize(
    ("name", "value"),
    [("WEIJING_ENV", "prod"), ("WECHAT_AES_KEY", "short"), ("EDGE_PORT", "http"), ("BOT_WORKERS", "0"), ("CHAOS_SLOW_TEXT", "慢"), ("WECHAT_MODE", "open")],
)
def test_a_wrong_value_is_named_and_not_quoted(fresh: pytest.MonkeyPatch, name: str, value: str) -> None:
    fresh.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert caught.value.message.startswith(name) and "\n" not in caught.value.message


def test_production_wants_its_own_secrets(fresh: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fresh.setenv("WEIJING_ENV", "production")
    with pytest.raises(SettingsError, match=r"WECHAT_APP_ID.*VAULT_KEY.*no generated secrets"):
        load_settings()
    assert not (tmp_path / "var" / SECRETS_FILE).exists()


def test_the_table_shows_sources_and_no_secret(fresh: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fresh.setenv("EDGE_PORT", "9000")
    fresh.setenv("DATABASE_URL", "postgresql://me:hush@db/name")
    assert settings_table.main([]) == 0
    printed = capsys.readouterr().out
    settings = load_settings()
    for name, field in Settings.__fields__.items():
        assert name.upper() in printed and field.field_info.description
    for secret in (settings.wechat_app_secret, settings.wechat_token, settings.wechat_aes_key, settings.backend_token, settings.vault_key):
        assert secret.get_secret_value() not in printed
    sources = {name: source for name, _, source, _ in settings_table.rows(settings)}
    assert (sources["EDGE_PORT"], sources["WECHAT_TOKEN"], sources["BOT_WORKERS"]) == ("environment", "generated", "default")
    assert "hush" not in printed
