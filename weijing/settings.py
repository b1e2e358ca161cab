"""All configuration, read once from the environment (and a `.env` file at the root) into one frozen object.

Only this module reads `os.environ`. `docs/settings.md` lists every setting; a test keeps both in step.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from dotenv import dotenv_values, load_dotenv
from pydantic import BaseSettings, Field, SecretStr, ValidationError, validator

from weijing.errors import SettingsError
from weijing.generated import generated_secrets

ROOT = Path(__file__).resolve().parent.parent
REQUIRED = ("wechat_app_id", "wechat_app_secret", "wechat_token", "wechat_aes_key", "backend_token", "vault_key")
"""What production must set; elsewhere it is generated."""


class Settings(BaseSettings):
    """What a process needs to know. Names of environment variables are the field names in capitals."""

    weijing_env: Literal["demo", "test", "production"] = Field(default="demo", description="production refuses generated secrets and the simulator")
    weijing_var: Path = Field(default=ROOT / "var", description="where embedded engines, generated secrets and logs live")
    weijing_shared: str = Field(default="", description="law texts that `weijing validate` looks citations up in; empty = `shared` beside the project")
    wechat_app_id: str = Field(default="", description="the account's AppID")
    wechat_app_secret: SecretStr = Field(default=SecretStr(""), description="the account's AppSecret")
    wechat_token: SecretStr = Field(default=SecretStr(""), description="the token of the server configuration page")
    wechat_original_id: str = Field(default="", description="the account's original id, gh_…")
    wechat_aes_key: SecretStr = Field(default=SecretStr(""), description="EncodingAESKey, 43 characters")
    wechat_aes_key_previous: SecretStr = Field(default=SecretStr(""), description="the EncodingAESKey before the last rotation, or empty")
    wechat_mode: Literal["safe", "compatible", "plain"] = Field(default="safe", description="encryption mode of the callback")
    wechat_verified: bool = Field(default=True, description="the account has the customer-service message right")
    wechat_api_base: str = Field(default="", description="base URL of the platform's API; empty = WeChat's own, in demo the simulator's")
    wechat_oauth_base: str = Field(default="", description="base URL of the OAuth2 page; empty = WeChat's own, in demo the simulator's")
    wechat_notice_templates: str = Field(default="", description="ids of subscription-notice templates, `progress=ID,appointment=ID`; empty = no notices")
    wechat_calls_per_minute: int = Field(default=1200, ge=10, description="calls of the platform's API that the senders make in any minute, together")
    bureau_region: str = Field(default="", description="the bureau's province or city, e.g. 厦门: its own rules are answered first; empty = national rules")
    public_url: str = Field(default="", description="https address by which phones reach the edge, for H5 pages; empty = none, in demo the edge's own")
    webchat_origins: str = Field(default="", description="origins whose pages may embed the web chat, comma-separated; in demo the edge's own too")
    trusted_proxies: str = Field(default="127.0.0.1/32,::1/128", description="networks of our own proxies, whose X-Forwarded-For names the visitor")
    redis_url: str = Field(default="", description="Redis; empty = embedded under var/")
    database_url: str = Field(default="", description="PostgreSQL; empty = embedded under var/")
    backend_url: str = Field(default="", description="the government service API; empty = the reference backend")
    backend_token: SecretStr = Field(default=SecretStr(""), description="bearer token of the government service API")
    backend_read_only: bool = Field(default=False, description="actions ask the service API and change nothing; `weijing talk` sets it")
    follow_up_workdays: int = Field(default=5, ge=1, le=60, description="workdays to follow up a bad rating: the bureau's promise, no law sets it")
    letter_workdays: int = Field(default=10, ge=1, le=60, description="workdays to answer a letter: the bureau's promise; a named one in 15 days")
    vault_key: SecretStr = Field(default=SecretStr(""), description="Fernet key of the vault that holds identity numbers and phones")
    payment_hosts: str = Field(default="", description="hosts of pages on which fees are paid, comma-separated; other links are not shown; in demo one more")
    appointment_keep_days: int = Field(default=30, ge=1, description="days after an appointment until the reference backend deletes it with name and phone")
    edge_host: str = Field(default="127.0.0.1", description="address the edge listens on")
    edge_port: int = Field(default=8000, description="port of the edge")
    console_host: str = Field(default="127.0.0.1", description="address the console listens on")
    console_port: int = Field(default=8001, description="port of the console")
    console_public_url: str = Field(default="", description="address by which browsers reach the console; https makes its cookies https only; empty = its own")
    console_demo_password: SecretStr = Field(default=SecretStr(""), description="password of the demo accounts, generated; production has no such accounts")
    console_demo_totp: SecretStr = Field(default=SecretStr(""), description="secret of the demo accounts' codes, generated")
    backend_host: str = Field(default="127.0.0.1", description="address the reference backend listens on")
    backend_port: int = Field(default=8002, description="port of the reference backend")
    bot_port: int = Field(default=8003, description="health and metrics of the bot parent")
    sender_port: int = Field(default=8004, description="health and metrics of the sender")
    projector_port: int = Field(default=8005, description="health and metrics of the projector")
    courier_port: int = Field(default=8006, description="health and metrics of the courier")
    evidence_port: int = Field(default=8007, description="health and metrics of the evidence keeper")
    trainer_port: int = Field(default=8008, description="health and metrics of the trainer")
    workbench_repo: Path = Field(default=ROOT / "var" / "workbench" / "repo", description="git repository of the data that trainers edit")
    bot_workers: int = Field(default=1, ge=1, le=64, description="worker processes of one bot parent")
    bot_model: Path = Field(default=ROOT / "models", description="a model file, or the directory whose newest model is loaded")
    nlu_encoder: Literal["auto", "off"] = Field(default="auto", description="the sentence encoder: auto = if it is installed, off = n-grams alone")
    bot_lease_ms: int = Field(default=15_000, ge=500, description="how long a worker owns a partition without renewing, in ms")
    desk_silent_minutes: int = Field(default=10, ge=1, description="a conversation whose assignee has no console open and left it alone so long goes back")
    chaos_slow_text: str = Field(default="", description="only in test: a turn with exactly this text takes 7 s")
    chaos_plan: str = Field(default="", description="only in test: named points at which a worker kills or freezes itself")
    chaos_kill_text: str = Field(default="", description="only in test: the edge kills itself before it writes the reply to exactly this text")
    chaos_unfenced: bool = Field(default=False, description="only in test: commit without the three conditions, to see the chaos test fail")

    class Config:
        """pydantic: frozen, unknown names ignored (the environment holds many)."""

        allow_mutation = False
        extra = "ignore"

    @validator("wechat_aes_key", "wechat_aes_key_previous")
    def _aes_key_is_43_characters(cls, value: SecretStr) -> SecretStr:
        key = value.get_secret_value()
        if key and len(key) != 43:
            raise ValueError("must have 43 characters, as shown on the server configuration page")
        return value

    @validator("chaos_slow_text", "chaos_plan", "chaos_kill_text", "chaos_unfenced")
    def _chaos_only_in_test(cls, value: str | bool, values: dict[str, Any]) -> str | bool:
        if value and values.get("weijing_env") != "test":
            raise ValueError("is only allowed with WEIJING_ENV=test")
        return value

    @property
    def demo(self) -> bool:
        """Whether generated secrets and the simulator are allowed."""
        return self.weijing_env != "production"

    @property
    def shared(self) -> Path:
        """The folder of law texts; it need not exist."""
        return Path(self.weijing_shared or ROOT.parent / "shared")

    @property
    def backend_base(self) -> str:
        """Base URL of the government service API, without a trailing slash."""
        return self.backend_url.rstrip("/") or f"http://127.0.0.1:{self.backend_port}"

    @property
    def platform_base(self) -> str:
        """Base URL of the WeChat API; outside production an empty setting means the simulator on the edge's port."""
        if self.wechat_api_base:
            return self.wechat_api_base.rstrip("/")
        return f"http://127.0.0.1:{self.edge_port}/simulator/platform" if self.demo else "https://api.weixin.qq.com"

    @property
    def oauth_base(self) -> str:
        """Base URL of the OAuth2 authorization page; outside production an empty setting means the simulator's."""
        if self.wechat_oauth_base:
            return self.wechat_oauth_base.rstrip("/")
        return f"{self.public_base}/simulator/platform" if self.demo else "https://open.weixin.qq.com"

    @property
    def public_base(self) -> str:
        """Base URL of the H5 pages without a trailing slash; empty when phones cannot reach the edge."""
        return self.public_url.rstrip("/") or (f"http://127.0.0.1:{self.edge_port}" if self.demo else "")

    @property
    def console_url(self) -> str:
        """Base URL of the console without a trailing slash."""
        return self.console_public_url.rstrip("/") or f"http://127.0.0.1:{self.console_port}"

    def derived_key(self, purpose: str) -> bytes:
        """32 bytes for one purpose, derived from VAULT_KEY by HKDF-SHA256: one secret to keep, none to confuse.

        Purposes: `evidence`, `h5-link`, `webchat-session`, `sealed-reporter`, `console-form`, `console-totp`,
        `console-recovery`.
        """
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        return HKDF(SHA256(), 32, salt=None, info=f"weijing {purpose}".encode()).derive(self.vault_key.get_secret_value().encode())


@lru_cache(maxsize=1)
def load_settings() -> Settings:
    """The settings of this process.

    Raises:
        SettingsError: a value is missing or wrong; the message names the variable.
    """
    load_dotenv(ROOT / ".env")
    try:
        settings = Settings()
        if settings.demo:
            known: dict[str, Any] = {name.lower(): value for name, value in generated_secrets(settings.weijing_var).items()}
            settings = Settings(**{name: value for name, value in known.items() if not os.environ.get(name.upper())})
    except ValidationError as error:
        first = error.errors()[0]
        raise SettingsError(f"{str(first['loc'][0]).upper()} {first['msg']}") from None
    except OSError as error:
        raise SettingsError(f"cannot write generated secrets under WEIJING_VAR: {error.strerror}") from None
    missing = [name for name in REQUIRED if not _plain(getattr(settings, name))]
    if missing:
        raise SettingsError(f"set {', '.join(name.upper() for name in missing)}: production has no generated secrets")
    return settings


def source_of(name: str, settings: Settings) -> str:
    """Where the value of a variable comes from: `environment`, `.env`, `generated` or `default`."""
    value = os.environ.get(name)
    if value:
        return ".env" if dotenv_values(ROOT / ".env").get(name) == value else "environment"
    return "generated" if settings.demo and name in generated_secrets(settings.weijing_var) else "default"


def child_environment(**extra: str) -> dict[str, str]:
    """The environment for a process that we start: ours, and `extra`."""
    return {**os.environ, **extra}


def _plain(value: str | SecretStr) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else value
