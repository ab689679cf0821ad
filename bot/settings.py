"""The settings, read once from the environment, and handed down."""

import re
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

TOKEN = re.compile(r"\d+:[\w-]{3,}")


class SettingsError(Exception):
    """A setting has a value that the bot cannot work with. The message names it."""


class Settings(BaseSettings):
    """What an operator may set, each as ``PALANTA_<NAME>``."""

    model_config = SettingsConfigDict(
        env_prefix="PALANTA_", frozen=True, extra="ignore", hide_input_in_errors=True
    )

    token: SecretStr | None = Field(None, description="the bot's token, from BotFather")
    api_url: str = Field("https://api.telegram.org", description="the Bot API server")
    database: str = Field("sqlite:///.palanta/palanta.db", description="where everything is kept")
    folder: Path = Field(Path(".palanta"), description="for the trained model and finished exports")
    code_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,5}$")] = Field(
        "PDG", description="what the codes of ideas begin with"
    )
    timezone: str = Field("Asia/Jakarta", description="the city's own time")
    messages_per_second: float = Field(
        30, ge=0, description="Telegram's limit for the whole bot; 0 means none"
    )
    messages_per_second_and_chat: float = Field(
        1, ge=0, description="Telegram's limit in one chat; 0 means none"
    )
    sends_at_once: int = Field(
        16,
        ge=1,
        le=256,
        description="how many messages may be in flight, and so repeat after a crash",
    )

    webhook_url: str | None = Field(
        None, description="the bot's own https address, to be called instead of polling"
    )
    webhook_host: str = Field("127.0.0.1", description="the address that the webhook listens on")
    webhook_port: int = Field(8443, ge=1, le=65535, description="where the webhook listens")

    messages_per_person_and_minute: float = Field(
        20, ge=0, description="beyond it everything is kept but answers are fewer; 0 means no limit"
    )
    learn_every_days: int = Field(
        7, ge=0, description="how often the model learns from new corrections; 0: only by /latih"
    )
    status_port: int = Field(
        9108, ge=0, le=65535, description="where /metrics and /healthz are; 0 turns them off"
    )
    status_host: str = Field("127.0.0.1", description="the address that they listen on")

    @field_validator("token")
    @classmethod
    def _looks_like_a_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("does not look like a bot token (123456:ABC-DEF)")
        return token

    @field_validator("api_url", "webhook_url")
    @classmethod
    def _is_an_address(cls, url: str | None) -> str | None:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return url.rstrip("/") if url else None

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError("is no time zone; Asia/Jakarta is one") from None
        return name

    @property
    def bot_token(self) -> str:
        """Raises SettingsError if there is none."""
        if self.token is None:
            raise SettingsError("PALANTA_TOKEN is not set. BotFather gives you one (/newbot).")
        return self.token.get_secret_value()


def read_settings(**overrides: Any) -> Settings:
    """Read the environment. Raises SettingsError, which names the setting and what is wrong."""
    try:
        return Settings(**overrides)
    except ValidationError as error:
        first = error.errors()[0]
        name = "PALANTA_" + "_".join(str(part) for part in first["loc"]).upper()
        raise SettingsError(f"{name}: {first['msg'].removeprefix('Value error, ')}.") from None
