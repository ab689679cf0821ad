"""People who write, correct, press and ask, so that every act can be found again afterwards.

Every text of theirs is unique, and no two presses ask for the same, so an effect that is missing,
doubled or out of order shows.
"""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count

from bench.telegram import Json, Telegram

WISHES = (
    "Lampu jalan di gang kami sudah lama mati, tolong diganti yang terang",
    "Tambah bus Trans Padang sampai ke kampus lewat jam sembilan malam",
    "Sampah di pinggir sungai menumpuk, adakan bank sampah di tiap RW",
    "Pelaku UMKM pasar raya butuh pelatihan jualan daring dan kredit ringan",
    "Puskesmas antre lama, buat pendaftaran lewat ponsel",
    "Urus KTP dan KK di kelurahan saja, jangan harus ke kantor wali kota",
    "Trotoar di depan sekolah rusak dan dipakai parkir motor",
    "Buat taman bermain anak dan ruang terbuka di dekat perumahan",
    "Jalan utama selalu banjir kalau hujan, perbaiki drainasenya",
    "Pasang rambu jalur evakuasi tsunami yang jelas di pantai",
)
TOPICS = (
    "parking",
    "street_lighting",
    "public_transport",
    "roads_sidewalks",
    "drainage_flood",
    "waste_management",
)
COMMANDS = ("/ideku", "/bantuan", "/start")
LOOK_EVERY = 0.05
NOTICE_SECONDS = 60.0


class Budget:
    """How much may be said: a part now, more after each kill, so that work is always going on."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.said = 0
        self._allowed = 0
        self._changed = asyncio.Event()

    def allow(self, upto: int) -> None:
        self._allowed = min(self.total, upto)
        self._changed.set()

    async def take(self) -> bool:
        """Wait for a turn; False if there are none left."""
        while self.said >= self._allowed:
            if self.said >= self.total:
                return False
            self._changed.clear()
            await self._changed.wait()
        self.said += 1
        if self.said >= self.total:
            self._changed.set()
        return True


@dataclass(slots=True)
class Wish:
    """An idea as its author knows it."""

    number: int
    message_id: int
    text: str
    edits: int = 0
    receipt: int | None = None
    idea_id: int | None = None
    unasked: list[str] = field(default_factory=lambda: list(TOPICS))
    settled: bool = False


class Resident:
    """One person, who acts by chance but by a seed of their own."""

    def __init__(
        self,
        telegram: Telegram,
        person: int,
        *,
        chance: random.Random,
        numbers: "count[int]",
        noticed: bool,
    ) -> None:
        """``noticed`` says that the bot shows a privacy notice, as not every bot does."""
        self._telegram = telegram
        self._noticed = noticed
        self.person = person
        self.presses: list[str] = []
        self._chance = chance
        self._numbers = numbers
        self._wishes: dict[int, Wish] = {}
        self._notice: Json | None = None
        self._agreed = False
        self._mark = 0

    async def live(self, budget: Budget) -> None:
        """Act until everything is said. The first idea comes before the privacy notice.

        Whoever was not asked in time agrees at the end, or all their words would stay held.
        """
        while await budget.take():
            await self._look()
            await self._act()
        if self._noticed and self._wishes and not self._agreed:
            await self._agree(await self._wait_for_notice())

    async def _act(self) -> None:
        if not self._agreed:
            if self._notice:
                await self._agree(self._notice)
            else:
                await self._write()
            return
        pressable = [w for w in self._wishes.values() if w.receipt and not w.settled and w.unasked]
        dice = self._chance.random()
        if dice < 0.25 and pressable:
            await self._press(self._chance.choice(pressable))
        elif dice < 0.40 and self._wishes:
            await self._edit(self._chance.choice(list(self._wishes.values())))
        elif dice < 0.50:
            await self._telegram.say(self.person, self._chance.choice(COMMANDS))
        else:
            await self._write()

    async def _write(self) -> None:
        number = next(self._numbers)
        text = f"{self._chance.choice(WISHES)} (nomor {number})"
        message_id = await self._telegram.say(self.person, text)
        self._wishes[message_id] = Wish(number, message_id, text)

    async def _edit(self, wish: Wish) -> None:
        wish.edits += 1
        wish.text = f"{self._chance.choice(WISHES)} (nomor {wish.number}, versi {wish.edits})"
        await self._telegram.edit(self.person, wish.message_id, wish.text)

    async def _press(self, wish: Wish) -> None:
        """Confirm an idea that nobody touched, or choose a topic that was not chosen before."""
        assert wish.receipt, "only ideas with a receipt are chosen"
        untouched = len(wish.unasked) == len(TOPICS)
        if untouched and self._chance.random() < 0.4:
            wish.settled = True
            act = "right"
        else:
            topic = wish.unasked.pop(self._chance.randrange(len(wish.unasked)))
            act = f"topic:{topic}"
        await self._tap(wish.receipt, f"idea:{wish.idea_id}:{act}")

    async def _agree(self, notice: Json) -> None:
        self._agreed = True
        [[button]] = notice["buttons"]
        await self._tap(notice["message_id"], button["callback_data"])

    async def _tap(self, message_id: int, data: str) -> None:
        self.presses.append(await self._telegram.press(self.person, message_id, data))

    async def _wait_for_notice(self) -> Json:
        async with asyncio.timeout(NOTICE_SECONDS):
            while self._notice is None:
                await asyncio.sleep(LOOK_EVERY)
                await self._look()
        return self._notice

    async def _look(self) -> None:
        """Read what the bot wrote since the last look."""
        self._mark, messages = await self._telegram.messages(self.person, after=self._mark)
        for message in messages:
            if message["from"] != "bot" or not message["buttons"]:
                continue
            data = message["buttons"][0][0]["callback_data"]
            wish = self._wishes.get(message.get("reply_to", 0))
            if data.startswith("notice:"):
                self._notice = message
            elif wish and data.startswith("idea:") and wish.receipt is None:
                wish.receipt, wish.idea_id = message["message_id"], int(data.split(":")[1])


async def gather_people(
    telegram: Telegram, number: int, *, seed: int, noticed: bool
) -> list[Resident]:
    """Make the cast."""
    numbers = count(1)
    people = [await telegram.add_person(f"Warga {n}") for n in range(1, number + 1)]
    return [
        Resident(
            telegram,
            person,
            chance=random.Random(f"{seed} {n}"),
            numbers=numbers,
            noticed=noticed,
        )
        for n, person in enumerate(people)
    ]


async def tell(residents: Sequence[Resident], budget: Budget) -> None:
    """Let everybody act until everything is said."""
    async with asyncio.TaskGroup() as group:
        for resident in residents:
            group.create_task(resident.live(budget))
