"""The JSON objects of the Bot API, built from plain values. Pure."""

from typing import Any

# Any: the Bot API's objects are open-ended JSON; python-telegram-bot is what checks them.
Json = dict[str, Any]

MAX_TEXT = 4096
MAX_CAPTION = 1024


def bot_user(bot_id: int, *, name: str, username: str) -> Json:
    return {"id": bot_id, "is_bot": True, "first_name": name, "username": username}


def full_bot_user(bot: Json) -> Json:
    """What getMe shows beyond what is seen in messages."""
    return bot | {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }


def user(user_id: int, first_name: str, *, language_code: str | None) -> Json:
    shape: Json = {"id": user_id, "is_bot": False, "first_name": first_name}
    return shape | ({"language_code": language_code} if language_code else {})


def private_chat(owner: Json) -> Json:
    return {"id": owner["id"], "type": "private", "first_name": owner["first_name"]}


def group_chat(chat_id: int, title: str) -> Json:
    return {"id": chat_id, "type": "supergroup", "title": title}


def full_chat(chat: Json) -> Json:
    """What getChat shows beyond what is seen in messages."""
    gifts = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        True,
    )
    return chat | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def member(person: Json, status: str) -> Json:
    shape: Json = {"user": person, "status": status}
    if status == "kicked":
        shape["until_date"] = 0
    if status == "creator":
        shape["is_anonymous"] = False
    if status == "administrator":
        shape |= _administrator_rights()
    return shape


def _administrator_rights() -> Json:
    granted = (
        "can_manage_chat",
        "can_delete_messages",
        "can_restrict_members",
        "can_change_info",
        "can_invite_users",
        "can_pin_messages",
    )
    withheld = (
        "can_be_edited",
        "is_anonymous",
        "can_manage_video_chats",
        "can_promote_members",
        "can_post_stories",
        "can_edit_stories",
        "can_delete_stories",
    )
    return dict.fromkeys(granted, True) | dict.fromkeys(withheld, False)


def kind_of(message: Json) -> str:
    """The one content field of a message: text, photo, document, …"""
    for kind in CONTENT:
        if kind in message:
            return kind
    return "other"


CONTENT = (
    "text",
    "photo",
    "document",
    "voice",
    "audio",
    "video",
    "animation",
    "sticker",
    "location",
    "contact",
    "new_chat_members",
    "left_chat_member",
)
