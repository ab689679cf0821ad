"""The control API under /sim/: people and faults for tests, benches and the chat page.

JSON in, JSON out; a mistake in a request is a 400 with `{"error": "…"}`, an unknown person
a 404. The server listens on 127.0.0.1 unless told otherwise: there is no password.

    GET    /sim/healthz
    GET    /sim/people                        {"bot", "people"}
    POST   /sim/people                        {"first_name", "id"?, "language_code"?, "note"?}
    GET    /sim/people/{id}/commands          {"commands": {name: description}}
    POST   /sim/people/{id}/messages          one of {"text"} {"sticker": true}
                                              {"location": {"latitude", "longitude"}}
                                              {"photo": true | base64} {"voice": true | base64}
                                              {"document": {"name", "content": base64}}
                                              {"album": number}
                                              with "caption"?, "reply_to"?, "chat_id"? (a group)
    PUT    /sim/people/{id}/messages/{message_id}     {"text"}
    POST   /sim/people/{id}/presses           {"message_id", "data"}
    GET    /sim/people/{id}/presses/{query_id}        {"answer": null | {"text", "show_alert"}}
    POST   /sim/people/{id}/block             and /unblock
    POST   /sim/groups                        {"title", "members": [id]}
    GET    /sim/chats/{id}/messages?after=    {"seq", "messages"}: what changed after that seq
    GET    /sim/files/{file_id}
    POST   /sim/updates                       [update, …], taken as they are
    GET    /sim/record?calls_after=&updates_after=    (`after=` sets both)
    GET    /sim/faults    POST /sim/faults    {"kind", "probability"?, "count"?, "methods"?, …}
    DELETE /sim/faults
    PUT    /sim/limits                        {"enabled"}
    GET    /sim/events                        server-sent events: person, message, answer, action,
                                              commands, membership
"""

import base64
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from aiohttp import web

from simulator import samples
from simulator.chats import Message
from simulator.errors import Refusal
from simulator.groups import Group
from simulator.people import Person
from simulator.shapes import Json
from simulator.views import view

if TYPE_CHECKING:
    from simulator.simulator import Simulator

TELEGRAM: web.AppKey["Simulator"] = web.AppKey("telegram")
ROUTES = web.RouteTableDef()
Handler = Callable[[web.Request], Awaitable[Json]]
Answering = Callable[[web.Request], Awaitable[web.Response]]


def answering(handler: Handler) -> Answering:
    """JSON out, and mistakes in the request told plainly."""

    async def answer(request: web.Request) -> web.Response:
        try:
            return web.json_response(await handler(request))
        except (ValueError, TypeError, KeyError, AssertionError, Refusal) as error:
            what = f"missing: {error}" if isinstance(error, KeyError) else str(error)
            return web.json_response({"error": what}, status=400)

    return answer


@ROUTES.get("/sim/healthz")
@answering
async def check_health(request: web.Request) -> Json:
    return {"ok": True, "pending_updates": len(request.app[TELEGRAM].world.updates)}


@ROUTES.get("/sim/people")
@answering
async def list_people(request: web.Request) -> Json:
    telegram = request.app[TELEGRAM]
    return {
        "bot": telegram.world.bot,
        "people": [person.view() for person in telegram.people.values()],
    }


@ROUTES.post("/sim/people")
@answering
async def add_person(request: web.Request) -> Json:
    told = await request.json()
    person = request.app[TELEGRAM].person(
        str(told["first_name"]),
        told.get("id"),
        language_code=told.get("language_code", "id"),
        note=str(told.get("note", "")),
    )
    return person.view()


@ROUTES.get("/sim/people/{id}/commands")
@answering
async def list_commands(request: web.Request) -> Json:
    return {"commands": request.app[TELEGRAM].commands_for(_person(request))}


@ROUTES.post("/sim/people/{id}/messages")
@answering
async def send_message(request: web.Request) -> Json:
    person, told = _person(request), await request.json()
    group = _group(request, told.get("chat_id"))
    sent = await _send(person, told, group)
    return {"messages": [view(message) for message in sent]}


@ROUTES.put("/sim/people/{id}/messages/{message_id}")
@answering
async def edit_message(request: web.Request) -> Json:
    told = await request.json()
    group = _group(request, told.get("chat_id"))
    message_id = int(request.match_info["message_id"])
    return view(await _person(request).edits(message_id, str(told["text"]), chat=group))


@ROUTES.post("/sim/people/{id}/presses")
@answering
async def press_button(request: web.Request) -> Json:
    told = await request.json()
    query_id = await _person(request).presses_data(str(told["data"]), int(told["message_id"]))
    return {"query_id": query_id}


@ROUTES.get("/sim/people/{id}/presses/{query_id}")
@answering
async def get_answer(request: web.Request) -> Json:
    press = request.app[TELEGRAM].world.presses[request.match_info["query_id"]]
    return {"answer": press.answer}


@ROUTES.post("/sim/people/{id}/block")
@answering
async def block_bot(request: web.Request) -> Json:
    person = _person(request)
    person.blocks_bot()
    return person.view()


@ROUTES.post("/sim/people/{id}/unblock")
@answering
async def unblock_bot(request: web.Request) -> Json:
    person = _person(request)
    person.unblocks_bot()
    return person.view()


@ROUTES.post("/sim/groups")
@answering
async def add_group(request: web.Request) -> Json:
    telegram, told = request.app[TELEGRAM], await request.json()
    members = [telegram.people[int(member)] for member in told["members"]]
    return {"id": telegram.group(str(told["title"]), members).id}


@ROUTES.get("/sim/chats/{id}/messages")
@answering
async def list_messages(request: web.Request) -> Json:
    chat = request.app[TELEGRAM].world.chats.get(int(request.match_info["id"]))
    if chat is None:
        raise _missing("no such chat")
    after = int(request.query.get("after", 0))
    changed = sorted((m for m in chat.messages.values() if m.seq > after), key=lambda m: m.seq)
    last = changed[-1].seq if changed else after
    return {"seq": last, "messages": [view(message) for message in changed]}


@ROUTES.post("/sim/updates")
@answering
async def inject_updates(request: web.Request) -> Json:
    return {"update_ids": request.app[TELEGRAM].inject(await request.json())}


@ROUTES.get("/sim/record")
@answering
async def read_record(request: web.Request) -> Json:
    query = request.query
    both = query.get("after", 0)
    return request.app[TELEGRAM].record.since(
        calls_after=int(query.get("calls_after", both)),
        updates_after=int(query.get("updates_after", both)),
    )


@ROUTES.get("/sim/faults")
@answering
async def list_faults(request: web.Request) -> Json:
    return {"faults": request.app[TELEGRAM].faults.list_active()}


@ROUTES.post("/sim/faults")
@answering
async def add_fault(request: web.Request) -> Json:
    faults, told = request.app[TELEGRAM].faults, await request.json()
    if "seed" in told:
        faults.seed(int(told.pop("seed")))
    faults.add(told.pop("kind"), **told)
    return {"faults": faults.list_active()}


@ROUTES.delete("/sim/faults")
@answering
async def clear_faults(request: web.Request) -> Json:
    request.app[TELEGRAM].faults.clear()
    return {"faults": []}


@ROUTES.put("/sim/limits")
@answering
async def set_limits(request: web.Request) -> Json:
    limits = request.app[TELEGRAM].world.limits
    limits.enabled = bool((await request.json())["enabled"])
    return {"enabled": limits.enabled}


# Any: the body is what somebody posted; what does not fit is refused by the person's methods.
async def _send(person: Person, told: dict[str, Any], group: Group | None) -> list[Message]:
    match told:
        case {"text": text}:
            sent = await person.says(str(text), reply_to=told.get("reply_to"), chat=group)
        case {"sticker": _}:
            sent = await person.sends_sticker(chat=group)
        case {"location": {"latitude": lat, "longitude": lon}}:
            sent = await person.sends_location(float(lat), float(lon), chat=group)
        case _:
            return await _send_file(person, told, group)
    return [sent]


async def _send_file(person: Person, told: dict[str, Any], group: Group | None) -> list[Message]:
    caption = str(told.get("caption", ""))
    match told:
        case {"photo": photo}:
            body = _content(photo, samples.photo())
            return [await person.sends_photo(caption=caption, body=body, chat=group)]
        case {"voice": voice}:
            return [await person.sends_voice(_content(voice, samples.VOICE), chat=group)]
        case {"document": {"name": name, "content": content}}:
            body = base64.b64decode(content)
            return [await person.sends_document(str(name), body, caption, chat=group)]
        case {"album": number}:
            return await person.sends_album(int(number), caption, chat=group)
        case _:
            raise ValueError("say what to send: text, photo, document, voice, sticker, location")


def _content(value: object, sample: bytes) -> bytes:
    return base64.b64decode(value) if isinstance(value, str) else sample


def _person(request: web.Request) -> Person:
    person = request.app[TELEGRAM].people.get(int(request.match_info["id"]))
    if person is None:
        raise _missing("no such person")
    return person


def _group(request: web.Request, chat_id: int | None) -> Group | None:
    if chat_id is None or chat_id > 0:
        return None
    return request.app[TELEGRAM].groups[chat_id]


def _missing(what: str) -> web.HTTPNotFound:
    return web.HTTPNotFound(text=json.dumps({"error": what}), content_type="application/json")
