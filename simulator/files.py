"""Files that people and the bot have sent, kept in memory."""

import mimetypes
import struct
from typing import NamedTuple

from simulator.errors import bad_request
from simulator.shapes import Json

MAX_UPLOAD = 50 * 1024 * 1024
MAX_DOWNLOAD = 20 * 1024 * 1024
FOLDERS = {"photo": "photos", "voice": "voice", "sticker": "stickers", "document": "documents"}
SIGNATURES = (b"\x89PNG", b"\xff\xd8", b"GIF8", b"RIFF")


class StoredFile(NamedTuple):
    file_id: str
    kind: str
    name: str
    mime: str
    body: bytes
    path: str


class Files:
    """Every file by its id, and by the path under which it is downloaded."""

    def __init__(self) -> None:
        self._by_id: dict[str, StoredFile] = {}
        self._by_path: dict[str, StoredFile] = {}

    def add(self, kind: str, name: str, body: bytes, mime: str = "") -> StoredFile:
        if not body:
            raise bad_request("file must be non-empty")
        if len(body) > MAX_UPLOAD:
            raise bad_request("file is too big")
        number = len(self._by_id) + 1
        extension = name.rpartition(".")[2] if "." in name else "bin"
        guessed = (
            mime.partition(";")[0].strip()
            or mimetypes.guess_type(name)[0]
            or "application/octet-stream"
        )
        path = f"{FOLDERS.get(kind, kind)}/file_{number}.{extension}"
        file = StoredFile(f"{kind.upper()}-{number:012d}", kind, name, guessed, body, path)
        self._by_id[file.file_id] = self._by_path[path] = file
        return file

    def get(self, file_id: str) -> StoredFile:
        file = self.find(file_id)
        if file is None:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        return file

    def find(self, file_id: str) -> StoredFile | None:
        return self._by_id.get(file_id.removesuffix("-s"))

    def find_path(self, path: str) -> StoredFile | None:
        return self._by_path.get(path)


def content_of(file: StoredFile) -> Json:
    """The part of a message that shows this file, by the kind it was sent as."""
    identity: Json = {
        "file_id": file.file_id,
        "file_unique_id": f"U{file.file_id}",
        "file_size": len(file.body),
    }
    match file.kind:
        case "photo":
            return {"photo": _photo_sizes(identity, file.body)}
        case "voice" | "audio":
            return {file.kind: identity | {"duration": 3, "mime_type": file.mime}}
        case "video" | "animation":
            return {file.kind: identity | {"width": 640, "height": 360, "duration": 3}}
        case "sticker":
            flat = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
            return {"sticker": identity | flat | {"type": "regular", "emoji": "🙂"}}
        case _:
            return {"document": identity | {"file_name": file.name, "mime_type": file.mime}}


def _photo_sizes(identity: Json, body: bytes) -> list[Json]:
    width, height = image_size(body)
    small = {key: f"{value}-s" for key, value in identity.items() if key != "file_size"}
    return [
        small | {"width": max(1, width // 4), "height": max(1, height // 4)},
        identity | {"width": width, "height": height},
    ]


def image_size(body: bytes) -> tuple[int, int]:
    """Width and height of a PNG; other pictures are taken to be 800 by 600."""
    if body.startswith(b"\x89PNG") and len(body) >= 24:
        width, height = struct.unpack(">II", body[16:24])
        return int(width), int(height)
    return 800, 600


def check_picture(body: bytes) -> None:
    if not body.startswith(SIGNATURES):
        raise bad_request("IMAGE_PROCESS_FAILED")
