"""What people of the stories write, and how the tests look at what came of it."""

from itertools import permutations
from typing import Any

from classifier import Classifier, load_topics
from simulator import Message, Person
from storage import ideas
from storage.database import Database
from storage.ideas import Filter
from storage.models import Idea

LAMPS = "Lampu jalan di gang kami di Parak Laweh sudah sebulan mati, tolong diganti yang terang."
WASTE = "Usul tiap kelurahan punya bank sampah yang buka Sabtu pagi."
BUSES = "Usul tambah halte dan bus Trans Padang di depan kampus Limau Manis."
GUTTER = "Got di depan rumah mampet, setiap hujan banjir masuk rumah."
FIRE = "Tolong, ada kebakaran di Jalan Veteran sekarang, orang terjebak di dalam rumah!"
BRIBE = "Petugas di kantor lurah minta uang lima puluh ribu waktu saya urus KTP, ini pungli."
NOT_CITY = [
    "Besok hujan tidak ya? Mau jemur kerupuk soalnya.",
    "Tolong jawab PR matematika adik saya: 24 apel dibagi 5 anak sisanya berapa?",
    "Jam berapa timnas main malam ini, siarannya di TV apa?",
    "Bagaimana caranya balikan sama mantan, saya masih sayang.",
]
MUMBLE = "Bagaimana ini?"

REFUSED = "Tombol ini bukan untukmu atau sudah tidak berlaku."
_SUBJECTS = "pelatihan sekolah lurah polisi banjir data rumah jalan pasar bantuan harga".split()
_VAGUE = ["Soal {} atau {}, mohon perhatian.", "Mohon dibenahi {} serta {}."]


def find_unsure(classifier: Classifier) -> str:
    """Join two subjects until the model cannot decide between them."""
    pairs = list(permutations(_SUBJECTS, 2))
    texts = [vague.format(*pair) for vague in _VAGUE for pair in pairs]
    tags = zip(texts, classifier.tag(texts), strict=True)
    return next(text for text, tag in tags if tag.abstained and tag.dimension)


def find_not_city(classifier: Classifier) -> str:
    """Find a text that the model holds for none of the city's business."""
    tags = zip(NOT_CITY, classifier.tag(NOT_CITY), strict=True)
    return next(text for text, tag in tags if tag.topic == "out_of_scope" and tag.abstained)


def topic_title(topic: str) -> str:
    return load_topics().get(topic).title_id


async def sends(person: Person, text: str) -> Message:
    """Send a text and return the bot's answer to that very message."""
    sent = await person.says(text)
    return await answer_to(person, sent)


async def answer_to(person: Person, sent: Message) -> Message:
    return await person.sees(lambda message: replied_to(message) == sent.message_id)


def replied_to(message: Message) -> int | None:
    reply: dict[str, Any] = message.raw.get("reply_to_message") or {}
    return reply.get("message_id")


async def says_and_hears(person: Person, text: str) -> Message:
    """Send a text and return the next message of the bot, whatever it answers."""
    newest = max((message.message_id for message in person.chat), default=0)
    await person.says(text)
    return await person.sees(lambda message: message.message_id > newest + 1)


def code_of(receipt: Message) -> str:
    return next(word.rstrip(".") for word in receipt.text.split() if word.startswith("PDG-"))


def labels_of(keyboard: list[list[str]]) -> list[str]:
    return [label for row in keyboard for label in row]


async def list_ideas(database: Database) -> list[Idea]:
    """List everything that is in the pool, oldest first."""
    async with database.reading() as session:
        return [idea async for page in ideas.each(session, Filter()) for idea in page]


async def fetch(database: Database, sql: str, **params: object) -> list[dict[str, Any]]:
    """Look into the tables."""
    async with database.reading() as session:
        return [dict(row) for row in await session.fetch_all(sql, params)]


async def labels(database: Database) -> list[tuple[int, str, str]]:
    """List every decision on every idea: idea, who decided, topic."""
    rows = await fetch(database, "SELECT idea_id, decided_by, topic FROM label ORDER BY id")
    return [(row["idea_id"], row["decided_by"], row["topic"]) for row in rows]


async def revoke_roles(database: Database, person: Person) -> None:
    """Take every role back, as an operator does it."""
    async with database.writing() as session:
        session.execute(
            """
            UPDATE role SET revoked_at = '2026-11-25T00:00:00.000000+00:00'
            WHERE person_id = (SELECT id FROM person WHERE telegram_id = :id)
            """,
            {"id": person.id},
        )


def press_update(person: Person, message: Message, data: str, *, query_id: str) -> dict[str, Any]:
    """Make the update of a press by hand, to send it twice, late, or forged."""
    return {
        "callback_query": {
            "id": query_id,
            "from": person.user,
            "message": message.raw,
            "chat_instance": "7",
            "data": data,
        }
    }
