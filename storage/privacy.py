"""Masks personal data in what people wrote, before anybody but the author sees it. Pure.

Numbers of documents, telephones, bank accounts and vehicles, addresses of e-mail and accounts, and
names that somebody gives as such. What UU 27/2022 article 4 calls general personal data; places
stay, because an idea without its place is of no use to a planner.
"""

import re

_NAME = r"[A-Z][\w'.]+(?:\s+(?:bin|binti|[A-Z][\w'.]+)){0,3}"

# In order: the longer and more certain first, so that a NIK is not taken for a telephone.
_MASKS = [
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]*\w"), "[email]"),
    (re.compile(r"(?<!\w)@[A-Za-z]\w{4,31}"), "[akun]"),
    (re.compile(r"(?<!\d)\d(?:[ .-]?\d){15}(?!\d)"), "[NIK]"),
    (re.compile(r"(?<![\w.])(?:\+?62|0)[ .-]?8\d(?:[ .-]?\d){6,10}(?!\d)"), "[telepon]"),
    (re.compile(r"(?<!\d)\(?0[2-9]\d{1,2}\)?[ .-]?\d{5,8}(?!\d)"), "[telepon]"),
    (re.compile(r"(?<![\d.,])\d{10,20}(?![\d.,]*\d)"), "[nomor]"),
    (re.compile(r"\b[A-Z]{1,2} ?\d{3,4} ?[A-Z]{2,3}\b"), "[plat]"),
    (
        re.compile(
            rf"\b((?i:nama\s*(?:saya|ambo|lengkap)?|perkenalkan\s+saya|a\.?\s?n\.?)\s*[:=]?\s*){_NAME}"
        ),
        r"\1[nama]",
    ),
]


def mask(text: str) -> str:
    """Return the text with personal data replaced by what it was, such as ``[telepon]``."""
    for pattern, replacement in _MASKS:
        text = pattern.sub(replacement, text)
    return text
