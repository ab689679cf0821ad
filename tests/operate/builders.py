"""Fills every table, with the oddest words that people and programs may write."""

from datetime import UTC, datetime, timedelta

from storage import (
    audit,
    conversations,
    ideas,
    inbox,
    invitations,
    jobs,
    learning,
    moments,
    outbox,
    people,
)
from storage.database import Database
from storage.ideas import Source
from storage.models import Conversation, DecidedBy, Label, Role, RoleName, Stage
from storage.tables import list_tables
from storage.transfer import Content, content_of

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ODD = [
    "Jalan 🛣️ rusak 👨‍👩‍👧‍👦 di RT 03",
    "it's \"quoted\" and ''doubled'' $$ $1 ? %s %(name)s %% 100% ; -- /* */",
    "C:\\jalan\\baru \\n \\' \\x41 \\u0041 E'\\\\'",
    ":name dan :chat_id, pukul 10:30, a::text, IN :topics",
    "garis\nbaru\r\nkolom\ttab \x01\x1f \u2028 \ufeff \U0010ffff e\u0301",
    "",
    "panjang " * 2_000,
]


async def fill(database: Database) -> None:
    """Put something into every table, and a row that was deleted at the end of one."""
    async with database.writing() as session:
        person = await people.meet(session, 2**52 - 1, at=NOW)
        people.grant(session, Role(person_id=person.id, role=RoleName.ADMIN), by=None, at=NOW)
        invitations.add(session, RoleName.LURAH, area="13.71", by=person.id, at=NOW)
        talk = Conversation(person_id=person.id, stage=Stage.EXPLAINING, data={"odd": ODD[3]})
        conversations.save(session, talk, at=NOW)
        for number, text in enumerate(ODD, start=1):
            tag = Label(
                topic="parking",
                decided_by=DecidedBy.MODEL,
                model_id="m",
                confidence=1 / (number + 2),
                words=[text[:80]],
                reason=text,
            )
            source = Source(-(10**12) - number, number, NOW)
            idea = await ideas.add(session, text, tag, person=person, role=None, source=source)
            ideas.attach(session, idea, kind="photo", file_id=text[:80])
            audit.add(session, "odd", by=person.id, at=NOW, detail={"said": text})
        inbox.add(session, [(n, n, f'{{"text": "{n}"}}') for n in range(1, 1_201)], at=NOW)
        first = await outbox.add_numbered(session, "sendMessage", {"text": ODD[1]}, at=NOW)
        outbox.add(session, "editMessageText", {"text": ODD[2]}, at=NOW, edits=first)
        jobs.add(
            session,
            "export",
            arguments={"words": ODD[:3]},
            person_id=person.id,
            chat_id=person.telegram_id,
            progress_row=first,
            at=NOW + timedelta(microseconds=1),
        )
        moments.save(session, ODD[3], at=NOW)
        learning.add_model(session, "m-1", base="m", corrections=1, report={"odd": ODD}, at=NOW)
        learning.promote(session, "m-1", by=person.id, reason="better", at=NOW)
        last = await outbox.add_numbered(session, "sendMessage", {}, at=NOW)
        session.execute("DELETE FROM outbox WHERE id = :id", {"id": last})


async def contents(database: Database) -> list[Content]:
    """What all tables hold, in a form that can be compared."""
    async with database.reading() as session:
        return [await content_of(session, table) for table in list_tables()]


async def contents_at(url: str) -> list[Content]:
    async with Database.open(url) as database:
        return await contents(database)
