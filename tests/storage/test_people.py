"""People, their consent, their roles, their conversations, and the log of what staff did."""

import pytest

from storage import areas, audit, conversations, people
from storage.models import Conversation, Role, RoleName, Stage
from tests.storage.builders import NOW, look, meet


async def test_a_person_is_met_once(database):
    """Whoever writes again is the same person."""
    async with database.writing() as session:
        first = await meet(session, 1)
        again = await meet(session, 1)
        other = await meet(session, 2)

    assert first == again
    assert other.id != first.id
    async with database.reading() as session:
        assert await people.find(session, 2) == other == await people.get(session, other.id)
        assert await people.find(session, 3) is None
        with pytest.raises(LookupError, match="person 99"):
            await people.get(session, 99)


async def test_consent_is_kept_with_its_time_and_the_notice_that_was_read(database):
    """The proof of what somebody agreed to is not overwritten by a second tap."""
    async with database.writing() as session:
        rina = await meet(session)
        assert rina.consented_at is None
        people.consent(session, rina.id, version="2026-11", at=NOW)
        people.consent(session, rina.id, version="2027-01", at=NOW.replace(year=2027))
        rina = await people.get(session, rina.id)

    assert (rina.consented_at, rina.consent_version) == (NOW, "2026-11")


async def test_a_role_is_held_until_it_is_revoked(database):
    """A lurah who leaves the office sees no queue any more."""
    async with database.writing() as session:
        rina, eko = await meet(session, 1), await meet(session, 2)
        lurah = Role(person_id=rina.id, role=RoleName.LURAH, area="13.71.01.1001")
        admin = Role(person_id=rina.id, role=RoleName.ADMIN)
        people.grant(session, lurah, by=None, at=NOW)
        people.grant(session, admin, by=eko.id, at=NOW)
        assert list((await people.get(session, rina.id)).roles) == [lurah, admin]
        assert list((await people.get(session, eko.id)).roles) == []
        assert await people.list_with_role(session, RoleName.ADMIN) == [rina]

        session.execute("UPDATE role SET revoked_at = :at WHERE role = 'admin'", {"at": NOW})
        assert list((await people.get(session, rina.id)).roles) == [lurah]
        assert await people.list_with_role(session, RoleName.ADMIN) == []


async def test_a_conversation_rests_until_it_begins_and_goes_on_where_it_stood(database):
    """A restart in the middle of a talk costs nothing."""
    async with database.writing() as session:
        rina = await meet(session)
        resting = await conversations.get(session, rina.id)
        assert resting == Conversation(person_id=rina.id)
        for idea_id in (1, 2):
            explaining = resting.model_copy(
                update={"stage": Stage.EXPLAINING, "data": {"idea_id": idea_id}}
            )
            conversations.save(session, explaining, at=NOW)

    async with database.reading() as session:
        assert await conversations.get(session, rina.id) == explaining


async def test_the_log_is_added_to_and_read_back(database):
    """Who exported what, and when, can be told years later."""
    async with database.writing() as session:
        rina = await meet(session)
        audit.add(session, "export", by=rina.id, at=NOW, detail={"filter": ["dimensi:mobilitas"]})
        audit.add(session, "invite", by=None, at=NOW, detail={"role": RoleName.ADMIN})
        exports = await audit.list_acts(session, act="export")
        acts = await audit.list_acts(session)

    assert [act["act"] for act in acts] == ["export", "invite"]
    assert [(act["person_id"], act["detail"]) for act in exports] == [
        (rina.id, '{"filter":["dimensi:mobilitas"]}')
    ]


def test_the_city_has_all_its_areas():
    """One kota, 11 kecamatan, 104 kelurahan, each inside one that is there, no code twice."""
    listed = areas.list_areas()
    codes = [area.code for area in listed]
    levels = [area.level for area in listed]

    assert len(set(codes)) == len(codes)
    assert {level: levels.count(level) for level in levels} == {
        "kota": 1,
        "kecamatan": 11,
        "kelurahan": 104,
    }
    assert all(code.rpartition(".")[0] in codes for code in codes if code.count(".") > 1)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("13.71.01", ["13.71.01"]),
        ("padang selatan", ["13.71.01"]),
        ("  Belakang   PONDOK ", ["13.71.01.1001"]),
        ("Atlantis", []),
        ("", []),
    ],
)
def test_an_area_is_found_by_code_or_name(words, codes):
    """However somebody types it."""
    assert [area.code for area in areas.find(words)] == codes


async def test_rows_name_nobody_that_is_not_there(database):
    """A role cannot be left to a person who does not exist."""
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        async with database.writing() as session:
            role = Role(person_id=99, role=RoleName.ADMIN)
            people.grant(session, role, by=None, at=NOW)

    assert await look(database, "SELECT id FROM role") == []
