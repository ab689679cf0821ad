"""Values and tables fit each other, and values do not give away what people wrote."""

from dataclasses import dataclass

import pytest
from pydantic import ValidationError

from storage import conversations, ideas, inbox, invitations, jobs, learning, outbox, people
from storage.models import (
    Conversation,
    Idea,
    Invitation,
    Job,
    Label,
    LearnedModel,
    Message,
    Noun,
    Person,
    Received,
    Role,
    RoleName,
)
from storage.tables import list_tables
from tests.storage.builders import LAMPS, NOW, label, meet, propose


@dataclass
class Query:
    """A reading function, and the value that its rows must make."""

    of: type[Noun]
    run: object


async def _inbox(session, _):
    inbox.add(session, [(1, 1, "{}")], at=NOW)
    return (await inbox.claim(session, now=NOW, limit=1))[0]


async def _outbox(session, _):
    outbox.add(session, "sendMessage", {"chat_id": 1}, at=NOW)
    return (await outbox.list_ready(session, now=NOW, limit=1))[0]


async def _role(session, person):
    people.grant(session, Role(person_id=person.id, role=RoleName.ADMIN), by=None, at=NOW)
    return (await people.get(session, person.id)).roles[0]


async def _invitation(session, person):
    token = invitations.add(session, RoleName.ADMIN, area=None, by=None, at=NOW)
    return await invitations.redeem(session, token, person_id=person.id, at=NOW)


async def _conversation(session, person):
    conversations.save(session, Conversation(person_id=person.id), at=NOW)
    return await conversations.get(session, person.id)


async def _idea(session, person):
    return await ideas.get(session, await propose(session, person=person))


async def _job(session, person):
    row = await outbox.add_numbered(session, "sendMessage", {"chat_id": 1}, at=NOW)
    jobs.add(
        session, "export", arguments={}, person_id=person.id, chat_id=1, progress_row=row, at=NOW
    )
    return await jobs.take_next(session, now=NOW)


async def _learned_model(session, person):
    learning.add_model(session, "m-1", base="m-0", corrections=20, report={"n": 1}, at=NOW)
    return await learning.get_model(session, "m-1")


async def _person(session, person):
    return await people.get(session, person.id)


QUERIES = [
    Query(Received, _inbox),
    Query(Message, _outbox),
    Query(Person, _person),
    Query(Role, _role),
    Query(Invitation, _invitation),
    Query(Conversation, _conversation),
    Query(Idea, _idea),
    Query(Job, _job),
    Query(LearnedModel, _learned_model),
]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.of.__name__)
async def test_every_query_gives_exactly_the_columns_of_its_value(database, query):
    """A column that was forgotten on one side is found here, not in somebody's chat."""
    async with database.writing() as session:
        value = await query.run(session, await meet(session))

    assert type(value) is query.of
    assert value.model_fields_set == set(query.of.model_fields)


def test_every_noun_has_its_query_here():
    """Nobody adds a value without it; a label is only ever written."""
    assert {query.of for query in QUERIES} == {
        noun for noun in Noun.__subclasses__() if noun.__module__ == "storage.models"
    } - {Label}


@pytest.mark.parametrize(("noun", "table"), [(Person, "person"), (Label, "label")])
def test_what_is_written_whole_has_the_columns_of_its_table(noun, table):
    """The table knows what happened when, and to which idea; else the two are the same."""
    [columns] = [set(each.columns) for each in list_tables() if each.name == table]

    own = {"id", "idea_id", "created_at"} - set(noun.model_fields)
    elsewhere = {"roles"}
    assert columns - own == set(noun.model_fields) - elsewhere


def test_a_value_never_changes():
    """What one function holds, no other changes under its hands."""
    with pytest.raises(ValidationError):
        label().topic = "parking"


def test_an_error_about_a_value_does_not_repeat_what_people_wrote():
    """Errors go into logs, and personal words stay out of logs."""
    with pytest.raises(ValidationError) as refusal:
        Label(topic=LAMPS, decided_by=LAMPS, model_id="m")

    assert LAMPS not in str(refusal.value)
