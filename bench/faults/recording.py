"""A disk that can be replayed: every write and every sync of SQLite, in order, through APSW.

Among them stand marks of what was promised to the world meanwhile: that updates are ours, that an
idea is kept. A disk may forget what was not synced; the promises may not go with it.
"""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import apsw

from storage.database import Database
from storage.migrations import list_statements
from storage.session import Connection, Row, Statement

SECTOR = 512
# So that the log is folded into the database now and then, even in a short story.
CHECKPOINT_PAGES = 150


@dataclass(frozen=True, slots=True)
class Write:
    file: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: str
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    file: str


@dataclass(frozen=True, slots=True)
class Delete:
    """SQLite has the folder synced after it deletes a journal, so that it stays deleted."""

    file: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Telegram was told that every update below this number is ours."""

    below: int


@dataclass(frozen=True, slots=True)
class Told:
    """A person was told that this message of theirs is kept."""

    chat: int
    message: int


Event: TypeAlias = Write | Truncate | Sync | Delete | Acknowledged | Told


class RecordingVfs(apsw.VFS):
    """The system's own files, with a note of what is done to them."""

    def __init__(self, name: str, events: list[Event]) -> None:
        super().__init__(name, "")
        self.name = name
        self.events = events

    # Any: APSW's own types.
    def xOpen(self, name: Any, flags: list[int]) -> "RecordingFile":  # noqa: N802 - SQLite's name
        return RecordingFile(name, flags, self.events)

    def xDelete(self, name: str, sync: bool) -> None:  # noqa: N802 - SQLite's name
        super().xDelete(name, sync)
        self.events.append(Delete(Path(name).name))


class RecordingFile(apsw.VFSFile):
    def __init__(self, name: Any, flags: list[int], events: list[Event]) -> None:
        super().__init__("", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._name = Path(path).name if path else "temporary"
        self._events = events

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - SQLite's name
        self._events.append(Write(self._name, offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, size: int) -> None:  # noqa: N802 - SQLite's name
        self._events.append(Truncate(self._name, size))
        super().xTruncate(size)

    def xSync(self, flags: int) -> None:  # noqa: N802 - SQLite's name
        super().xSync(flags)
        self._events.append(Sync(self._name))


class ApswConnection:
    """What a unit of work needs, on APSW and in the loop's own thread, so that order is plain."""

    skip_locked = ""
    shared = False
    short = False

    def __init__(self, raw: apsw.Connection) -> None:
        self.raw = raw

    async def lock_chats(self, chats: Sequence[int]) -> set[int]:
        return set(chats)

    async def run(self, statements: list[Statement], query: Statement | None) -> list[Row]:
        for sql, rows in statements:
            for row in rows:
                self.raw.execute(sql, dict(row))
        if query is None:
            return []
        cursor = self.raw.execute(query[0], dict(query[1][0]))
        return [dict(zip(_names(cursor), row, strict=True)) for row in cursor]


def _names(cursor: apsw.Cursor) -> list[str]:
    return [column[0] for column in cursor.get_description()]


class RecordingEngine:
    """storage.sqlite's engine on a recorded disk, as durable as it is told to be."""

    begin_writing = "BEGIN IMMEDIATE"
    begin_reading = "BEGIN"
    shared = False

    def __init__(self, path: Path, vfs: str, *, synchronous: str) -> None:
        self._path = str(path)
        self._vfs = vfs
        self._turn = asyncio.Lock()
        self._writer = self._connect()
        self._writer.execute("PRAGMA journal_mode = WAL")
        self._writer.execute(f"PRAGMA synchronous = {synchronous}")
        self._writer.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        self._writer.execute("BEGIN IMMEDIATE")
        for _, statements in list_statements():
            for statement in statements:
                self._writer.execute(statement)
        self._writer.execute("COMMIT")

    @asynccontextmanager
    async def writer(self) -> AsyncIterator[Connection]:
        async with self._turn:
            yield ApswConnection(self._writer)

    @asynccontextmanager
    async def reader(self) -> AsyncIterator[Connection]:
        connection = self._connect()
        try:
            yield ApswConnection(connection)
        finally:
            connection.close()

    async def roll_back(self, connection: Connection) -> None:
        assert isinstance(connection, ApswConnection)
        if connection.raw.in_transaction:
            connection.raw.execute("ROLLBACK")

    @asynccontextmanager
    async def lead(self, name: str) -> AsyncIterator[None]:
        yield

    def _connect(self) -> apsw.Connection:
        connection = apsw.Connection(self._path, vfs=self._vfs)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    def close(self) -> None:
        self._writer.close()


class RecordingDatabase:
    """Stands where the bot opens its database, and hands out the recorded one."""

    def __init__(self, engine: RecordingEngine) -> None:
        self._engine = engine

    @asynccontextmanager
    async def open(self, url: str) -> AsyncIterator[Database]:
        yield Database(self._engine)


@dataclass
class Disk:
    """What is on a disk by now, and what only its cache knows."""

    synced: defaultdict[str, bytearray] = field(default_factory=lambda: defaultdict(bytearray))
    cached: list[Write | Truncate] = field(default_factory=list)

    def take(self, event: Event) -> None:
        match event:
            case Write() | Truncate():
                self.cached.append(event)
            case Sync(file):
                for write in self.cached:
                    if write.file == file:
                        _apply(self.synced[file], write)
                self.cached = [write for write in self.cached if write.file != file]
            case Delete(file):
                self.synced.pop(file, None)
                self.cached = [write for write in self.cached if write.file != file]

    def lose_power(self, kept: Sequence[Write | Truncate]) -> dict[str, bytes]:
        """Give the files as they are when only these of the cached writes came through."""
        files = {name: bytearray(content) for name, content in self.synced.items()}
        for write in self.cached:
            files.setdefault(write.file, bytearray())
        for write in kept:
            _apply(files[write.file], write)
        return {name: bytes(content) for name, content in files.items()}

    def outcomes(self, chance: random.Random) -> Iterator[tuple[str, dict[str, bytes]]]:
        """Lose everything that was not synced, nothing, or any of it, torn at a sector."""
        yield "nothing unsynced", self.lose_power([])
        if not self.cached:
            return
        yield "everything", self.lose_power(self.cached)
        some = [_torn(w, chance) for w in self.cached if chance.random() < 0.5]
        yield "some, torn", self.lose_power(some)


def _torn(write: Write | Truncate, chance: random.Random) -> Write | Truncate:
    """A write of several sectors may come through in part."""
    if isinstance(write, Truncate) or len(write.data) <= SECTOR or chance.random() < 0.5:
        return write
    sectors = chance.randrange(1, len(write.data) // SECTOR + 1)
    return Write(write.file, write.offset, write.data[: sectors * SECTOR])


def _apply(content: bytearray, event: Write | Truncate) -> None:
    match event:
        case Truncate(size=size):
            del content[size:]
        case Write(offset=offset, data=data):
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
