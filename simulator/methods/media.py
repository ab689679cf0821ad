"""Sending files: uploaded, attached by name, or sent again by their id."""

from simulator import keyboards
from simulator.errors import bad_request
from simulator.files import StoredFile, check_picture, content_of
from simulator.methods.signature import Method, caption, parse, replied, send, target
from simulator.params import Params, Upload
from simulator.shapes import MAX_CAPTION, Json
from simulator.world import World

KINDS = {
    "sendPhoto": "photo",
    "sendDocument": "document",
    "sendVoice": "voice",
    "sendAudio": "audio",
    "sendVideo": "video",
    "sendAnimation": "animation",
    "sendSticker": "sticker",
}


def sender_of(kind: str) -> Method:
    """The method that sends this kind of file."""

    def send_file(world: World, call: Params) -> Json:
        text = caption(call)
        file = resolve(world, call, kind, call.text(kind))
        return send(world, call, content_of(file) | text, file)

    return send_file


def send_media_group(world: World, call: Params) -> list[Json]:
    """Two to ten files that people see as one album."""
    parts = call.list_of("media")
    if not 2 <= len(parts) <= 10:
        raise bad_request("expected from 2 to 10 messages in the album")
    chat = target(world, call)
    reply = replied(chat, call)
    keyboards.inline_markup(call.json("reply_markup"))
    filled = [_part(world, call, part) for part in parts]
    album = {"media_group_id": world.next_album_id()}
    for _ in filled:
        world.limits.check(chat)
    return [
        world.put(
            chat,
            world.compose(chat, world.bot, reply | album | content),
            from_bot=True,
            file=file,
        ).raw
        for content, file in filled
    ]


def resolve(world: World, call: Params, kind: str, value: str) -> StoredFile:
    """The file that an argument means: an upload, `attach://name` or a file_id."""
    upload = call.uploads.get(value.removeprefix("attach://") if value else kind)
    if upload is not None:
        return _store(world, kind, upload)
    known = world.files.find(value) if value else None
    if known is not None:
        return known
    if not value:
        raise bad_request(f"there is no {kind} in the request")
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    raise bad_request("wrong file identifier/HTTP URL specified")


def media_content(world: World, call: Params, part: Json) -> tuple[Json, StoredFile]:
    """One InputMedia object as the content of a message."""
    kind = str(part.get("type"))
    if kind not in KINDS.values():
        raise bad_request("can't parse InputMedia: type must be specified")
    file = resolve(world, call, kind, str(part.get("media", "")))
    text, entities = parse(
        str(part.get("caption") or ""),
        mode=str(part.get("parse_mode") or ""),
        entities=part.get("caption_entities") or [],
    )
    if len(text) > MAX_CAPTION:
        raise bad_request("message caption is too long")
    content = content_of(file)
    content |= {"caption": text} if text else {}
    content |= {"caption_entities": entities} if entities else {}
    return content, file


def _part(world: World, call: Params, part: object) -> tuple[Json, StoredFile]:
    if not isinstance(part, dict):
        raise bad_request("can't parse media JSON object")
    return media_content(world, call, part)


def _store(world: World, kind: str, upload: Upload) -> StoredFile:
    if kind == "photo":
        check_picture(upload.body)
    return world.files.add(kind, upload.name, upload.body, upload.mime)


METHODS: dict[str, Method] = {name: sender_of(kind) for name, kind in KINDS.items()} | {
    "sendMediaGroup": send_media_group
}
