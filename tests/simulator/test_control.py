"""The control API: people and the record for benches and other processes."""

import asyncio
import base64
import json
import signal
import sys


async def test_people_are_made_and_listed(telegram, http):
    """The demo makes its residents, lurah and admins this way."""
    status, rina = await http.sim(
        "POST", "people", {"first_name": "Rina", "id": 5, "note": "lurah"}
    )

    assert status == 200
    assert (rina["id"], rina["note"], rina["started"]) == (5, "lurah", False)
    _, listed = await http.sim("GET", "people")
    assert listed["people"] == [rina]
    assert listed["bot"]["username"] == "palanta_bot"
    assert telegram.people[5].name == "Rina"


async def test_people_write_edit_and_press_from_outside(rina, http, bot):
    """Everything a person does in Python they can do over HTTP."""
    path = f"people/{rina.id}"
    _, sent = await http.sim("POST", f"{path}/messages", {"text": "Lampu mti"})
    number = sent["messages"][0]["message_id"]
    await http.sim("PUT", f"{path}/messages/{number}", {"text": "Lampu mati"})
    asked = await bot.send_message(rina.id, "Betul?")
    _, press = await http.sim(
        "POST", f"{path}/presses", {"message_id": asked.message_id, "data": "ya"}
    )
    await http.call("answerCallbackQuery", callback_query_id=press["query_id"], text="Dicatat")

    message, edited, pressed = await bot.get_updates()
    assert (message.message.text, edited.edited_message.text) == ("Lampu mti", "Lampu mati")
    assert pressed.callback_query.data == "ya"
    _, told = await http.sim("GET", f"{path}/presses/{press['query_id']}")
    assert told["answer"] == {"text": "Dicatat", "show_alert": False}


async def test_every_kind_of_message_can_be_sent(rina, http, bot):
    """Photo, voice, sticker, place, album and document, generated or given."""
    content = base64.b64encode(b"isi").decode()
    for body in (
        {"photo": True, "caption": "lubang"},
        {"voice": True},
        {"sticker": True},
        {"location": {"latitude": -0.9, "longitude": 100.4}},
        {"document": {"name": "a.txt", "content": content}},
        {"album": 2, "caption": "dua"},
    ):
        status, answer = await http.sim("POST", f"people/{rina.id}/messages", body)
        assert status == 200, answer

    messages = [update.message for update in await bot.get_updates()]
    assert len(messages) == 7
    _, shown = await http.sim("GET", f"chats/{rina.id}/messages")
    kinds = [message["kind"] for message in shown["messages"]]
    assert kinds == ["photo", "voice", "sticker", "location", "document", "photo", "photo"]
    file_id = shown["messages"][4]["file"]["file_id"]
    async with http.session.get(f"{http.telegram.url}/sim/files/{file_id}") as reply:
        assert await reply.read() == b"isi"


async def test_only_what_changed_is_read_again(rina, http, bot):
    """A bench asks for what is new since it last asked; an edit is new."""
    await rina.says("halo")
    sent = await bot.send_message(rina.id, "sebentar")
    _, first = await http.sim("GET", f"chats/{rina.id}/messages")
    await bot.edit_message_text("selesai", rina.id, sent.message_id)
    _, second = await http.sim("GET", f"chats/{rina.id}/messages?after={first['seq']}")

    assert [message["text"] for message in first["messages"]] == ["halo", "sebentar"]
    assert [(m["text"], m["edited"]) for m in second["messages"]] == [("selesai", True)]


async def test_the_record_can_be_read_in_parts(rina, http, bot):
    """An independent checker compares what was sent with what was confirmed."""
    await rina.says("halo")
    await bot.send_message(rina.id, "satu")
    _, record = await http.sim("GET", "record")
    last = record["calls"][-1]["seq"]
    await bot.send_message(rina.id, "dua")
    _, rest = await http.sim("GET", f"record?calls_after={last}")

    assert record["calls"][-1]["text"] == "satu"
    assert record["updates"][0]["text"] == "halo"
    assert [call["text"] for call in rest["calls"]] == ["dua"]


async def test_updates_are_injected_from_outside(http):
    """Replays come in as they are."""
    _, answer = await http.sim("POST", "updates", [{"update_id": 700_000_000, "poll": {}}, {}])

    assert answer["update_ids"] == [700_000_000, 700_000_001]
    assert await http.updates() == [
        {"update_id": 700_000_000, "poll": {}},
        {"update_id": 700_000_001},
    ]


async def test_groups_blocks_and_limits_are_set_from_outside(telegram, rina, http):
    """What the page and the bench need besides."""
    _, group = await http.sim("POST", "groups", {"title": "RT 3", "members": [rina.id]})
    body = {"text": "/ide", "chat_id": group["id"]}
    assert (await http.sim("POST", f"people/{rina.id}/messages", body))[0] == 200
    _, person = await http.sim("POST", f"people/{rina.id}/block", {})
    assert person["blocked"] is True
    _, person = await http.sim("POST", f"people/{rina.id}/unblock", {})
    assert person["blocked"] is False
    await http.sim("PUT", "limits", {"enabled": True})
    assert telegram.world.limits.enabled is True


async def test_mistakes_are_told_plainly(rina, http):
    """A missing field is named; an unknown person is a 404."""
    assert await http.sim("POST", "people", {}) == (400, {"error": "missing: 'first_name'"})
    assert (await http.sim("POST", "people/1/block", {}))[0] == 404
    status, answer = await http.sim("POST", f"people/{rina.id}/messages", {"smoke": True})
    assert status == 400
    assert "say what to send" in answer["error"]


async def test_the_event_stream_tells_what_happens(rina, http, bot):
    """An open page hears of messages, typing and answers without asking."""
    events = []
    async with http.session.get(f"{http.telegram.url}/sim/events") as stream:
        await rina.says("halo")
        await bot.send_chat_action(rina.id, "typing")
        await bot.send_message(rina.id, "hai")
        async with asyncio.timeout(5):
            while len(events) < 3:
                line = await stream.content.readline()
                if line.startswith(b"data: "):
                    events.append(json.loads(line[6:]))

    assert [event["type"] for event in events] == ["message", "action", "message"]
    assert events[2]["message"]["text"] == "hai"


async def test_the_page_and_its_health_are_served(http):
    """Nothing on the page comes from elsewhere."""
    for path, words in (
        ("", "Simulator Telegram"),
        ("page/app.js", "Column"),
        ("page/style.css", "--paper"),
    ):
        async with http.session.get(f"{http.telegram.url}/{path}") as reply:
            page = await reply.text()
            assert reply.status == 200
            assert words in page
            assert 'src="http' not in page
    assert (await http.sim("GET", "healthz"))[1]["ok"] is True


SERVE = """
import asyncio
from simulator import serve
asyncio.run(serve(port=0, on_ready=lambda telegram: print(telegram.url, flush=True)))
"""


async def test_it_runs_alone_until_it_is_told_to_stop(http):
    """`palanta simulator` in another terminal: SIGTERM ends it at once, even with a page open."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, stdout=asyncio.subprocess.PIPE
    )
    url = (await process.stdout.readline()).decode().strip()
    async with http.session.get(f"{url}/sim/events") as stream:
        assert stream.status == 200
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 10) == 0
