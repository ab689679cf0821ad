"""Callback data is worth nothing outside its owner: whoever forges it changes nothing of others.

The tests of each desk are in tests/bot; here random data is pressed by everybody.
"""

import random
from typing import Any

import pytest

from bot.handlers.presses import DESKS
from bot.keyboards import read_press
from classifier import load_taxonomy, load_topics
from storage.models import RoleName
from tests.bot.scenes import LAMPS, WASTE, fetch
from tests.conftest import agrees, give_role
from tests.security.conftest import until

SEED = 20_261_125
PRESSES = 25
# The desks whose acts touch only the person who presses.
OWN = {"notice", "mine", "erase"}
STAFF = {"review": {"moderator", "admin"}, "role": {"admin"}}
ACTS = (
    "agree right topic dimensions dimension back because reject skip older yes no invite confirm"
).split()
ROLES = [None, *(role for role in RoleName if role is not RoleName.RESIDENT)]
TABLES = ("idea", "revision", "label", "status", "role", "invitation", "attachment", "job")


def random_data(chance: random.Random, desk: str) -> str:
    """Put data together that is right in most of its parts."""
    number = chance.choice(("0", "1", "2", "3", "999999999999999999", "-1", "x", "", "1.0"))
    values = (
        *load_topics().ids[:8],
        *(dimension.id for dimension in load_taxonomy().dimensions),
        *RoleName,
        "typed",
        "scope",
        "",
    )
    parts = [desk, number, chance.choice(ACTS)]
    if chance.random() < 0.6:
        parts.append(str(chance.choice(values)))
    return ":".join(parts)[:64]


async def picture(database) -> dict[str, list[dict[str, Any]]]:
    """Everything that counts, as it stands."""
    return {table: await fetch(database, f"SELECT * FROM {table} ORDER BY id") for table in TABLES}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role or "resident")
async def test_random_data_pressed_by_anybody_changes_nothing_of_others(
    telegram, bot, database, role
):
    """A stranger with a modified client cannot decide for an author or for the city."""
    author, stranger = telegram.person("Rina"), telegram.person("Eri")
    await agrees(author)
    for text in (LAMPS, WASTE):
        await author.says(text)
    await author.sees(lambda message: "PDG-" in message.text)
    await (agrees(stranger) if role is None else give_role(database, stranger, role))
    newest = stranger.chat[-1]
    before = await picture(database)
    chance = random.Random(f"{SEED} {role}")
    allowed = {desk for desk, roles in STAFF.items() if role in roles} | OWN

    for desk in set(DESKS) - allowed:
        for data in (random_data(chance, desk) for _ in range(PRESSES)):
            await stranger.presses_data(data, newest)
        assert await stranger.alert() == "Tombol ini bukan untukmu atau sudah tidak berlaku."
        assert await picture(database) == before, (desk, role)


async def test_an_author_erasing_themselves_takes_nothing_of_anybody_else(telegram, bot, database):
    """The desks that everybody may use reach only as far as their own things."""
    rina, eri = telegram.person("Rina"), telegram.person("Eri")
    for person in (rina, eri):
        await agrees(person)
    await rina.says(LAMPS)
    await rina.sees("PDG-")
    before = await picture(database)
    chance = random.Random(SEED)

    for desk in sorted(OWN):
        for _ in range(PRESSES):
            await eri.presses_data(random_data(chance, desk), eri.chat[-1])
    await eri.presses_data("erase:1:yes:1", eri.chat[0])

    async def gone() -> bool:
        return len(await fetch(database, "SELECT 1 FROM person")) == 1

    await until(gone)
    assert await picture(database) == before


@pytest.mark.parametrize("length", range(65))
def test_data_of_any_length_and_letters_is_read_or_refused(length):
    """Telegram takes 64 bytes of anything from a modified client."""
    chance = random.Random(length)
    letters = "idea:0123456789:right٣²½\x00 é🙂"

    for _ in range(50):
        press = read_press("".join(chance.choice(letters) for _ in range(length)))
        assert press is None or 0 <= press.idea_id < 2**63
