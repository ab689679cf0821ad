"""What Telegram refuses, with its own words: a bot has to be tried against them."""

import pytest

TOO_LONG = "x" * 4097
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"


def keys(**button):
    return {"inline_keyboard": [[{"text": "Betul", **button}]]}


@pytest.mark.parametrize(
    ("method", "params", "reason"),
    [
        ("sendMessage", {"text": ""}, "message text is empty"),
        ("sendMessage", {"text": " \n "}, "message text is empty"),
        ("sendMessage", {"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
        ("sendMessage", {"text": TOO_LONG}, "message is too long"),
        ("sendMessage", {"text": "x", "parse_mode": "RTF"}, "unsupported parse_mode"),
        (
            "sendMessage",
            {"text": "<b>x", "parse_mode": "HTML"},
            "can't parse entities: Can't find end tag corresponding to start tag \"b\"",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keys(callback_data="x" * 65)},
            "BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": keys()},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        ("sendMessage", {"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
        ("sendMessage", {"text": "x", "chat_id": 99}, "chat not found"),
        ("sendMessage", {"text": "x", "chat_id": ""}, "chat_id is empty"),
        (
            "sendMessage",
            {"text": "x", "reply_parameters": {"message_id": 99}},
            "message to be replied not found",
        ),
        ("sendPhoto", {"photo": "X"}, "wrong file identifier/HTTP URL specified"),
        ("sendPhoto", {"photo": "X", "caption": "x" * 1025}, "message caption is too long"),
        ("sendDocument", {}, "there is no document in the request"),
        ("sendMediaGroup", {"media": []}, "expected from 2 to 10 messages in the album"),
        ("sendChatAction", {"action": "dance"}, "wrong parameter action in request"),
        ("editMessageText", {"message_id": 99, "text": "x"}, "message to edit not found"),
        ("editMessageText", {"message_id": 1, "text": "x"}, "message can't be edited"),
        ("deleteMessage", {"message_id": 99}, "message to delete not found"),
        ("setMessageReaction", {"message_id": 1, "reaction": [{"emoji": "🏛"}]}, "REACTION_INVALID"),
        ("answerCallbackQuery", {"callback_query_id": "1"}, OLD_QUERY),
        ("getFile", {"file_id": "X"}, "wrong file_id or the file is temporarily unavailable"),
        ("getChatMember", {"user_id": 5}, "user not found"),
        (
            "setMyCommands",
            {"commands": [{"command": "Besar", "description": "x"}]},
            "BOT_COMMAND_INVALID",
        ),
    ],
)
async def test_a_mistake_is_refused_in_telegrams_words(rina, http, method, params, reason):
    """The bot gets a 400 and the sentence that it would get in the city."""
    await rina.says("halo")

    status, answer = await http.call(method, **{"chat_id": rina.id, **params})

    assert status == 400
    assert answer == {"ok": False, "error_code": 400, "description": f"Bad Request: {reason}"}


async def test_a_wrong_token_is_unauthorized(http):
    """An operator with a mistyped token hears it at once."""
    status, answer = await http.call("getMe", token="1:WRONG")

    assert status == 401
    assert answer == {"ok": False, "error_code": 401, "description": "Unauthorized"}


async def test_an_unknown_method_is_never_a_bare_true(http):
    """A method that nobody wrote here cannot look as if it worked."""
    status, answer = await http.call("sendHologram")

    assert status == 404
    assert answer == {"ok": False, "error_code": 404, "description": "Not Found"}


async def test_method_names_do_not_mind_case(http):
    """As on Telegram, getme is getMe."""
    status, answer = await http.call("GETme")

    assert status == 200
    assert answer["result"]["is_bot"] is True


async def test_an_edit_that_changes_nothing_is_refused(rina, http, bot):
    """Pressing a button twice must not be an error that a bot has not thought of."""
    await rina.says("halo")
    sent = await bot.send_message(rina.id, "Sudah")

    edit = {"chat_id": rina.id, "message_id": sent.message_id, "text": "Sudah"}
    status, answer = await http.call("editMessageText", **edit)

    assert status == 400
    assert answer["description"] == (
        "Bad Request: message is not modified: specified new message content and reply "
        "markup are exactly the same as a current content and reply markup of the message"
    )


async def test_a_bot_cannot_be_the_first_to_write(telegram, http):
    """Whoever never wrote is out of reach; afterwards they are not."""
    buyung = telegram.person("Buyung")
    refused, _ = await http.call("sendMessage", chat_id=buyung.id, text="halo")
    await buyung.opens_link("undangan_1")
    taken, _ = await http.call("sendMessage", chat_id=buyung.id, text="halo")

    assert (refused, taken) == (400, 200)


async def test_whoever_blocked_the_bot_is_not_reached(rina, http):
    """403 while blocked; after unblocking the bot may write again."""
    await rina.says("halo")
    rina.blocks_bot()
    status, answer = await http.call("sendMessage", chat_id=rina.id, text="halo")
    assert (status, answer["description"]) == (403, "Forbidden: bot was blocked by the user")

    rina.unblocks_bot()
    status, _ = await http.call("sendMessage", chat_id=rina.id, text="halo")
    assert status == 200


async def test_a_press_can_be_answered_for_150_seconds(rina, http, bot, clock):
    """Answering twice is fine, answering late is not."""
    await rina.says("halo")
    await bot.send_message(rina.id, "Betul?", reply_markup=keys(callback_data="ya"))
    query = await rina.presses("Betul")

    for _ in range(2):
        assert (await http.call("answerCallbackQuery", callback_query_id=query))[0] == 200
    clock.passes(151)
    status, answer = await http.call("answerCallbackQuery", callback_query_id=query)
    assert (status, answer["description"]) == (400, f"Bad Request: {OLD_QUERY}")


async def test_a_body_that_is_not_json_is_refused(rina, http, telegram):
    """A broken client gets an answer, not silence."""
    url = f"{telegram.url}/bot{telegram.token}/sendMessage"
    headers = {"Content-Type": "application/json"}
    async with http.session.post(url, data=b"{", headers=headers) as reply:
        assert reply.status == 400
        assert (await reply.json())["description"] == "Bad Request: can't parse JSON object"
