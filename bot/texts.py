"""The words of the bot, from Fluent files: one message, one name."""

from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from fluent.runtime import FluentBundle, FluentResource

LOCALE = "id"
MONTHS = "Jan Feb Mar Apr Mei Jun Jul Agu Sep Okt Nov Des".split()


class MissingText(KeyError):
    """No Fluent file has a message of this name, or it lacks a variable."""


class Texts:
    """Speaks one language: ``texts("receipt-title", code="PDG-7K3M")``."""

    def __init__(self, locale: str = LOCALE, *, timezone: str = "Asia/Jakarta") -> None:
        self._bundle = _bundle(locale)
        self._zone = ZoneInfo(timezone)

    def __call__(self, name: str, **variables: str | int | float) -> str:
        """Raise MissingText rather than show somebody a name or a hole."""
        pattern = self._bundle.get_message(name).value if self._bundle.has_message(name) else None
        if pattern is None:
            raise MissingText(name)
        text, errors = self._bundle.format_pattern(pattern, variables)
        if errors:
            raise MissingText(f"{name}: {errors[0]}")
        return str(text)

    def day(self, moment: datetime) -> str:
        """Give a date as people here write it, in the city's time: ``25 Nov 2026``."""
        local = moment.astimezone(self._zone)
        return f"{local.day} {MONTHS[local.month - 1]} {local.year}"

    def percent(self, share: float) -> str:
        return f"{round(100 * share)}%"


@cache
def _bundle(locale: str) -> FluentBundle:
    # Isolation marks would show as boxes in some chat clients.
    bundle = FluentBundle([locale], use_isolating=False)
    folder = resources.files("bot") / "locales" / locale
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".ftl"):
            bundle.add_resource(FluentResource(file.read_text("utf-8")))
    return bundle
