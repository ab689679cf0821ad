"""Structured logs on standard error: events and numbers, never words or names of people."""

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

# What a token looks like, wherever a library may have put it.
TOKEN = re.compile(r"\d{5,}:[\w-]{4,}")
# What Telegram says of a call may quote the call. Of its sentences only these are repeated.
KNOWN = (
    "bad webhook",
    "blocked by the user",
    "bot is not a member",
    "button_data_invalid",
    "can't be edited",
    "can't parse entities",
    "chat not found",
    "file is too big",
    "have no rights",
    "internal server error",
    "message is too long",
    "message is not modified",
    "message text is empty",
    "not enough rights",
    "not found",
    "query is too old",
    "reply_markup",
    "terminated by other getupdates",
    "too many requests",
    "unauthorized",
    "user is deactivated",
    "webhook is active",
    "wrong file identifier",
)
QUOTING = ("description", "said")


def configure() -> None:
    """Log for people on a terminal, as JSON lines otherwise."""
    logging.basicConfig(level=logging.ERROR, handlers=[LibraryHandler()], force=True)
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _hide_words,
            renderer,
        ],
        # Whatever standard error is by then: it may have been given another file since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
    )


class LibraryHandler(logging.Handler):
    """Says which library complains and where. Its own words may quote a message or an address."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        structlog.get_logger().error(
            "a library complains",
            library=record.name,
            line=f"{record.module}:{record.lineno}",
            error=describe(error) if error else None,
        )


def describe(error: BaseException) -> str:
    """Give the type of an error and where it arose, without its words."""
    error = innermost(error)
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = "?"
    if trace:
        place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
    return f"{type(error).__name__} at {place}"


def innermost(error: BaseException) -> BaseException:
    """Unwrap what a task group has wrapped."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def known_words(said: str) -> str:
    """Reduce Telegram's sentence to the part that cannot quote anybody."""
    folded = said.casefold()
    return next((words for words in KNOWN if words in folded), "other" if said else "")


def _hide_words(_logger: WrappedLogger, _name: str, event: EventDict) -> EventDict:
    """Make sure that no caller can let Telegram's quotations or a token slip through."""
    for key, value in event.items():
        if isinstance(value, str):
            safe = known_words(value) if key in QUOTING else value
            event[key] = TOKEN.sub("…", safe)
    return event
