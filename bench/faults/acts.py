"""The written story: what each person will do, one after the other, decided by a seed. Pure."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class Write:
    """A new idea. Its number is in its text, so that it is found again."""

    wish: int
    text: str


@dataclass(frozen=True, slots=True)
class Album:
    """Photos sent at once; the words are on the first."""

    wish: int
    text: str
    photos: int


@dataclass(frozen=True, slots=True)
class Edit:
    wish: int
    text: str


@dataclass(frozen=True, slots=True)
class Press:
    """A tap below a receipt. ``late`` comes again under another number after the next tap."""

    wish: int
    choice: str
    twice: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """A command."""

    text: str


@dataclass(frozen=True, slots=True)
class Sticker:
    pass


@dataclass(frozen=True, slots=True)
class Agree:
    """The tap below the privacy notice."""


@dataclass(frozen=True, slots=True)
class Block:
    """Write an idea, block the bot before it can answer, come back, and write another."""

    last: Write
    next: Write


@dataclass(frozen=True, slots=True)
class Erase:
    """``/hapus`` and yes."""


@dataclass(frozen=True, slots=True)
class Export:
    """``/export``, by somebody who may."""


Act: TypeAlias = Write | Album | Edit | Press | Say | Sticker | Agree | Block | Erase | Export


def write_story(*, people: int, updates: int, seed: int) -> list[list[Act]]:
    """Give each person what they do; together it makes about so many updates."""
    share = updates / people
    return [
        list(_life(random.Random(f"{seed} {number}"), first_wish=1000 * number + 1, share=share))
        for number in range(people)
    ]


def count_updates(act: Act) -> int:
    match act:
        case Album(photos=photos):
            return photos
        case Press(twice=twice, late=late):
            return 1 + twice + late
        case Block():
            return 4
        case Erase():
            return 2
        case _:
            return 1


def _life(chance: random.Random, *, first_wish: int, share: float) -> Iterator[Act]:
    """First words, the notice, and then whatever comes to mind."""
    life = _Life(chance, first_wish)
    spent = 1
    for _ in range(chance.randint(1, 2)):
        yield life.write()
        spent += 1
    if chance.random() < 0.3:
        yield life.edit()
        spent += 1
    yield Agree()
    while spent < share:
        act = life.next_act()
        spent += count_updates(act)
        yield act
    if chance.random() < 0.05:
        yield Erase()


class _Life:
    def __init__(self, chance: random.Random, first_wish: int) -> None:
        self._chance = chance
        self._next = first_wish
        self._edits: dict[int, int] = {}
        self._open: dict[int, list[str]] = {}

    def next_act(self) -> Act:  # noqa: PLR0911 - a table of chances
        dice = self._chance.random()
        pressable = [wish for wish, topics in self._open.items() if topics]
        if dice < 0.30 and pressable:
            return self._press(self._chance.choice(pressable))
        if dice < 0.48:
            return self.edit()
        if dice < 0.58:
            return Say(self._chance.choice(COMMANDS))
        if dice < 0.62:
            return Sticker()
        if dice < 0.68:
            return Album(*self._new(), photos=self._chance.randint(2, 4))
        if dice < 0.71:
            return Block(self.write(), self.write())
        return self.write()

    def write(self) -> Write:
        return Write(*self._new())

    def edit(self) -> Edit:
        wish = self._chance.choice(list(self._edits))
        self._edits[wish] += 1
        text = f"{self._chance.choice(WISHES)} (nomor {wish}, versi {self._edits[wish]})"
        return Edit(wish, text)

    def _new(self) -> tuple[int, str]:
        wish = self._next
        self._next += 1
        self._edits[wish] = 0
        self._open[wish] = list(TOPICS)
        return wish, f"{self._chance.choice(WISHES)} (nomor {wish})"

    def _press(self, wish: int) -> Press:
        """Confirm what nobody touched, or choose a topic that was not chosen before."""
        topics = self._open[wish]
        if len(topics) == len(TOPICS) and self._chance.random() < 0.3:
            topics.clear()
            return Press(wish, "right", twice=self._chance.random() < 0.2)
        choice = topics.pop(self._chance.randrange(len(topics)))
        kind = self._chance.random()
        late = bool(topics) and kind < 0.1
        return Press(wish, f"topic:{choice}", twice=kind > 0.9, late=late)
