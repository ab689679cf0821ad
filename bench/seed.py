"""What is in the bot's database before a bench begins: people who agreed, ideas already stored."""

from datetime import UTC, datetime

from bench.workloads import FIRST_CHAT
from bot.handlers.gate import NOTICE_VERSION
from storage.database import Database, Session

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
AT_ONCE = 50_000
IDEAS_EACH = 10

_NUMBERS = """
    WITH RECURSIVE numbers (n) AS (
        SELECT CAST(:first AS bigint) UNION ALL SELECT n + 1 FROM numbers WHERE n < :last
    )
"""
_PEOPLE = f"""
    INSERT INTO person (telegram_id, created_at, consented_at, consent_version)
    {_NUMBERS} SELECT :telegram + n, :at, :at, :version FROM numbers
"""
# The tables are empty before, so the n-th row gets number n.
_IDEAS = [
    f"""
    INSERT INTO idea (person_id, role, chat_id, message_id, sent_at, label_id, status, doubt)
    {_NUMBERS}
    SELECT :people + n / :each + 1, 'resident', :telegram + :people + n / :each + 1, n, :at, n,
        'received', (n * 7919 % 1000) / 1000.0
    FROM numbers
    """,
    f"""
    INSERT INTO revision (idea_id, text, created_at)
    {_NUMBERS}
    SELECT n, 'Usulan nomor ' || n || ': lampu jalan di gang kami padam sejak minggu lalu, mohon '
        || 'diperbaiki agar anak-anak aman pulang mengaji.', :at
    FROM numbers
    """,
    f"""
    INSERT INTO label (idea_id, topic, intent, dimensions, topics, confidence, abstained, words,
        decided_by, model_id, created_at)
    {_NUMBERS}
    SELECT n, 'street_lighting', 'keluhan', '{{"Smart Living":0.7,"Smart Mobility":0.2}}',
        '{{"street_lighting":0.7,"road_repair":0.1,"public_safety":0.1}}', 0.7, 0,
        '["lampu jalan","padam"]', 'model', 'bench', :at
    FROM numbers
    """,
    f"""
    INSERT INTO status (idea_id, status, created_at)
    {_NUMBERS} SELECT n, 'received', :at FROM numbers
    """,
]


async def seed(url: str, *, chats: int, ideas: int = 0) -> None:
    """Make an empty database one where ``chats`` people have agreed and others sent ``ideas``."""
    async with Database.open(url) as database:
        people = chats + ideas // IDEAS_EACH + 1 if ideas else chats
        await _fill(database, [_PEOPLE], people, chats=chats)
        await _fill(database, _IDEAS, ideas, chats=chats)


async def _fill(database: Database, statements: list[str], rows: int, *, chats: int) -> None:
    for first in range(1, rows + 1, AT_ONCE):
        async with database.writing() as session:
            for sql in statements:
                _execute(session, sql, first, min(first + AT_ONCE - 1, rows), chats=chats)


def _execute(session: Session, sql: str, first: int, last: int, *, chats: int) -> None:
    facts: dict[str, object] = {
        "first": first,
        "last": last,
        "people": chats,
        "each": IDEAS_EACH,
        "telegram": FIRST_CHAT - 1,
        "at": LONG_AGO,
        "version": NOTICE_VERSION,
    }
    session.execute(sql, {name: value for name, value in facts.items() if f":{name}" in sql})
