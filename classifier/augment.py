"""Second copies of the corpus, as a hurried thumb would have typed them. Pure for a given seed."""

import random
from collections.abc import Sequence

from classifier.corpus import Example

SHORT = {
    "yang": "yg",
    "dengan": "dgn",
    "tidak": "gak",
    "dan": "dn",
    "untuk": "utk",
    "karena": "krn",
    "sudah": "udh",
    "belum": "blm",
    "saya": "sy",
    "jalan": "jln",
    "banyak": "bnyk",
    "bagaimana": "gmn",
    "kalau": "klo",
    "sama": "sm",
    "dari": "dr",
    "pada": "pd",
    "tolong": "tlg",
    "terima": "trm",
    "dalam": "dlm",
    "seperti": "spt",
    "lebih": "lbh",
    "sampai": "smpe",
    "orang": "org",
    "juga": "jg",
    "kelurahan": "kel",
    "kecamatan": "kec",
    "bapak": "pak",
}
OPENINGS = (
    "Assalamualaikum. ",
    "Selamat pagi pak, ",
    "min ",
    "Mohon maaf sebelumnya, ",
    "Yth. Bapak/Ibu, ",
    "Izin bertanya, ",
    "Saya warga, ",
    "lapor ",
    "Kepada dinas terkait: ",
)
CLOSINGS = (
    " Terima kasih.",
    " mohon ditindaklanjuti",
    " Tolong diperhatikan ya pak.",
    " tks",
    " Wassalam.",
    " Mohon jawabannya.",
    " Alamat di RT 02 RW 05.",
)


def augment(examples: Sequence[Example], *, seed: int) -> list[str]:
    """One altered copy of each text, in the same order."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret: variety that can be repeated
    return [_alter(example.text, chance) for example in examples]


def _alter(text: str, chance: random.Random) -> str:
    words = [_retype(word, chance) for word in text.split()]
    altered = " ".join(word for word in words if chance.random() > 0.06) or text
    if chance.random() < 0.35:
        altered = chance.choice(OPENINGS) + altered
    if chance.random() < 0.35:
        altered += chance.choice(CLOSINGS)
    return altered.lower() if chance.random() < 0.3 else altered


def _retype(word: str, chance: random.Random) -> str:
    """Shorten the words that people shorten; now and then lose or swap a letter."""
    if (short := SHORT.get(word.lower())) and chance.random() < 0.4:
        return short
    if len(word) < 5 or chance.random() > 0.06:
        return word
    at = chance.randrange(1, len(word) - 1)
    if chance.random() < 0.5:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
