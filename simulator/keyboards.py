"""Reply markup: what Telegram lets through, and its refusals. Pure."""

from typing import Any

from simulator.errors import bad_request
from simulator.shapes import Json

ACTIONS = (
    "callback_data",
    "url",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
MAX_BUTTONS = 100


# Any: what a bot sends as markup may be anything; this is where it is checked.
def inline_markup(markup: Any) -> Json:
    """The part of a message that shows this markup; {} for other keyboards and for none."""
    if markup is None:
        return {}
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        _check_reply_keyboard(markup)
        return {}
    rows = [_row(row) for row in _rows(markup["inline_keyboard"])]
    if sum(len(row) for row in rows) > MAX_BUTTONS:
        raise bad_request("reply markup is too long")
    rows = [row for row in rows if row]
    return {"reply_markup": {"inline_keyboard": rows}} if rows else {}


def _rows(rows: Any) -> list[Any]:
    if not isinstance(rows, list):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array')
    return rows


def _row(row: Any) -> list[Json]:
    if not isinstance(row, list):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    return [_button(button) for button in row]


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: Object expected")
    if not str(button.get("text", "")).strip():
        raise bad_request("can't parse inline keyboard button: Button text must be non-empty")
    if not any(action in button for action in ACTIONS):
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= 64:
        raise bad_request("BUTTON_DATA_INVALID")
    _check_url(button.get("url"))
    return button


def _check_url(url: Any) -> None:
    if url is None or str(url).startswith(("http://", "https://", "tg://")):
        return
    raise bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")


def _check_reply_keyboard(markup: Json) -> None:
    known = {"keyboard", "remove_keyboard", "force_reply"}
    if not known & markup.keys():
        raise bad_request("can't parse reply markup: unknown keyboard type")
    for row in markup.get("keyboard", []):
        for button in row if isinstance(row, list) else [None]:
            text = button.get("text") if isinstance(button, dict) else button
            if not text:
                raise bad_request("can't parse reply keyboard button: Text must be non-empty")
