"""Masks personal data in what people wrote, before anybody but the author sees it. Pure.

Numbers of documents, telephones, bank accounts and vehicles, addresses of e-mail and accounts, and
names that somebody gives as such. What UU 27/2022 article 4 calls general personal data; places
stay, because an idea without its place is of no use to a planner, and so do prices, years, times,
measures and the codes of areas. No pattern looks far back or ahead: a long text stalls nobody.
"""

import re

# What people put between the digits of one number.
_GAP = r"[ .\u00a0–-]{0,3}"
_SMALL_GAP = r"[ .-]?"

# Six digits of the place, day (of a woman: plus 40), month and year of birth, four digits.
_NIK = _SMALL_GAP.join(
    [
        *[r"[1-9]", *[r"\d"] * 5],
        rf"(?:[04]{_SMALL_GAP}[1-9]|[1256]{_SMALL_GAP}\d|[37]{_SMALL_GAP}[01])",
        rf"(?:0{_SMALL_GAP}[1-9]|1{_SMALL_GAP}[0-2])",
        *[r"\d"] * 6,
    ]
)
_MOBILE = r"(?:\+?62[ ().–-]{0,3}(?:0[ )]{0,2})?|0)8[1-9]"
_LANDLINE = r"\(?(?:\+62[ -]?|0)[2-9]\d{1,2}\)?"
# Letters of the areas where vehicles are registered; words that only look like the end of a plate.
_AREA = "A[ABDEG]?|B[ABDEGHKLMNP]?|D[ABCDEGHKLMNRST]?|E[ABD]?|F|G|H|K[BHTU]?|L|M|N|P[AB]?|R|S|T|W|Z"
_NOT_PLATE = r"(?!(?:RT|RW|NO|KM|CM|MM|HA|KK|DI|KE|JT|RB)\b)"
_DOCUMENT = r"\b(?i:rek(?:ening)?|bri|bni|bca|bsi|btn|mandiri|bank|nip|nik|kk|npwp|bpjs|nisn)\b"

_SAYA = r"(?:saya|ambo|awak|aku|den)\b"
_INTRODUCTION = (
    rf"\b(?i:nama\s{{1,3}}(?:lengkap\s{{1,3}})?{_SAYA}|saya\s{{1,3}}bernama"
    rf"|perkenalkan,?\s{{1,3}}(?:nama\s{{1,3}})?saya|nama(?:\s{{1,3}}lengkap)?(?=\s{{0,3}}[:=]))"
    r"(?:\s{1,3}(?i:adalah|yaitu|ialah)\b)?\s{0,3}[:=,]?\s{0,3}"
)
_ON_BEHALF = r"\b(?i:atas\s{1,3}nama|a\.\s?n\.?|a/n)\s{0,3}[:=]?\s{0,3}"
# What follows such words without being a name.
_NO_NAME = (
    r"(?!(?i:tidak|tak|ndak|belum|sudah|ada|masuk|hilang|salah|yang|di|ke|dari|dan|untuk|mau|ingin"
    r"|mohon|usul|warga|rakyat|masyarakat|ketua|lurah|camat|kelurahan|kecamatan|kota|jalan|jl|gang"
    r"|pasar|masjid|sekolah|dinas|pemuda|karang|kelompok|komunitas|pt|cv|rt|rw|bapak|ibu|pak|bu"
    r"|selaku|sebagai|seorang|karena|agar|supaya|jika|kalau|saya)\b)"
)
_WORD = rf"{_NO_NAME}[A-Z][\w'’.]*"
_NAME = rf"{_WORD}(?:[ \t]{{1,2}}(?:bin|binti|{_WORD})\b){{0,3}}"
# In small letters a name is told from a verb by what comes after it.
_SMALL_NAME = (
    rf"{_NO_NAME}[a-z][\w'’]*(?:[ \t]{{1,2}}{_NO_NAME}[a-z][\w'’]*)?"
    r"(?=\s{0,3}(?:[,.;:!()\n]|$)|\s{1,3}(?:dari|umur|usia|tinggal|warga|rt|mau|ingin|usul|mohon|alamat"
    r"|hp|wa|no|nomor|nik)\b)"
)

_ADDRESSES = [
    (r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]*\w", "[email]"),
    (r"(?<!\w)@(?!(?i:rp))[A-Za-z][\w.]{1,31}\b", "[akun]"),
]
# In order: the longer and more certain first, so that a NIK is not taken for a telephone.
_NUMBERS = [
    (rf"(?<!\d)(?:\d{{16}}(?!\d)|(?<!\d[.-]){_NIK}(?![.-]?\d))", "[NIK]"),
    (
        rf"({_DOCUMENT}[^\d\n\]]{{0,30}})(?!(?:19|20)\d\d(?!\d))\d(?:[ -]?\d){{9,21}}(?!\d|[.,]\d)",
        r"\1[nomor]",
    ),
    (rf"(?<!\d){_MOBILE}(?:\d{{6,10}}|(?:{_GAP}\d){{6,10}})(?!\d)", "[telepon]"),
    (
        rf"(?<!\d)(?<!\d[.,]){_LANDLINE}{_GAP}"
        r"(?:\d{5,8}|\d{3}[ .-]\d{3,4}|\d{2}([ .-])\d{2}\1\d{2})(?!\d)",
        "[telepon]",
    ),
    (r"(?<!\d)(?<!\d[.,])(?<![Rr]p)(?<![Rr]p[ .])(?<![Rr]p\. )\d{10,}(?!\d|[.,]\d)", "[nomor]"),
]
_PLATES = [
    (rf"\b(?:BA[ -]?\d{{1,4}}|(?:{_AREA})[ -]?\d{{3,4}})[ -]?{_NOT_PLATE}[A-Z]{{1,3}}\b", "[plat]"),
    (rf"\bba[ -]?\d{{3,4}}[ -]?(?i:{_NOT_PLATE}[a-z]{{1,3}})\b", "[plat]"),
    (
        rf"(\b(?i:plat|nopol|no\.? ?pol(?:isi)?)\b[^\d\n\]]{{0,15}})\b(?i:{_AREA})"
        rf"[ -]?\d{{1,4}}[ -]?(?i:{_NOT_PLATE}[a-z]{{1,3}})\b",
        r"\1[plat]",
    ),
]
_NAMES = [
    (rf"({_INTRODUCTION})(?:{_NAME}|{_SMALL_NAME})", r"\1[nama]"),
    (rf"({_ON_BEHALF}){_NAME}", r"\1[nama]"),
]
_DIGIT = re.compile(r"\d")
_NAME_CLUES = ("nama", "kenalkan", "a.n", "a. n", "a/n")


def mask(text: str) -> str:
    """Return the text with personal data replaced by what it was, such as ``[telepon]``.

    Looked at until nothing more is found: what was masked may have hidden what stood behind it.
    """
    while (masked := _mask_once(text)) != text:
        text = masked
    return text


def _mask_once(text: str) -> str:
    """Most texts hold none, so each kind is looked for only where there is a sign of it."""
    if "@" in text:
        text = _replace(_ADDRESSES, text)
    digits = len(_DIGIT.findall(text))
    if digits >= 9:
        text = _replace(_NUMBERS, text)
    if digits:
        text = _replace(_PLATES, text)
    folded = text.casefold()
    if any(clue in folded for clue in _NAME_CLUES):
        text = _replace(_NAMES, text)
    return text


def _replace(masks: list[tuple[str, str]], text: str) -> str:
    for pattern, replacement in masks:
        text = re.sub(pattern, replacement, text)
    return text
