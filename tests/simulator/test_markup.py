"""Formatting: what people see, and what is refused. Pure cases."""

import pytest

from simulator import html_markup, markdown
from simulator.entities import find_entities, trim
from simulator.errors import Refusal


def spans(text, entities):
    """Entities as the words they cover."""
    raw = text.encode("utf-16-le")
    return [
        (e["type"], raw[e["offset"] * 2 : (e["offset"] + e["length"]) * 2].decode("utf-16-le"))
        for e in entities
    ]


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("biasa", "biasa", []),
        ("<b>tebal</b> dan <i>miring</i>", "tebal dan miring", ["bold", "italic"]),
        ("<b>a<i>b</i></b>", "ab", ["bold", "italic"]),
        ("2 &lt; 3 &amp; 4 &gt; 1 &copy;", "2 < 3 & 4 > 1 &copy;", []),
        ('<a href="https://padang.go.id">kota</a>', "kota", ["text_link"]),
        ('<pre><code class="language-py">x</code></pre>', "x", ["pre", "pre"]),
        ("<blockquote expandable>kutip</blockquote>", "kutip", ["expandable_blockquote"]),
        ('<span class="tg-spoiler">rahasia</span>', "rahasia", ["spoiler"]),
    ],
)
def test_html_becomes_text_and_entities(source, text, found):
    """People see no tags."""
    shown, entities = html_markup.parse(source)

    assert shown == text
    assert [entity["type"] for entity in entities] == found


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<h1>x</h1>", 'Unsupported start tag "h1" at byte offset 0'),
        ("1 < 2", "Unclosed start tag at byte offset 2"),
        ("<span>x</span>", 'Unsupported start tag "span" at byte offset 0'),
    ],
)
def test_bad_html_is_refused(source, reason):
    """An idea with a < in it must not silence the bot: it has to escape."""
    with pytest.raises(Refusal) as refused:
        html_markup.parse(source)

    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


@pytest.mark.parametrize(
    ("source", "text", "found"),
    [
        ("*tebal* _miring_", "tebal miring", [("bold", "tebal"), ("italic", "miring")]),
        (
            "__garis__ ~coret~ ||tutup||",
            "garis coret tutup",
            [("underline", "garis"), ("strikethrough", "coret"), ("spoiler", "tutup")],
        ),
        (r"selesai\. 100\%", "selesai. 100%", []),
        ("`a_b` dan ```py\nx = 1```", "a_b dan x = 1", [("code", "a_b"), ("pre", "x = 1")]),
        ("[kota](https://padang.go.id)", "kota", [("text_link", "kota")]),
        ("*a _b_*", "a b", [("bold", "a b"), ("italic", "b")]),
        (">kutip\nbiasa", "kutip\nbiasa", [("blockquote", "kutip\n")]),
    ],
)
def test_markdown_becomes_text_and_entities(source, text, found):
    """People see no marks."""
    shown, entities = markdown.parse(source)

    assert shown == text
    assert spans(shown, entities) == found


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("habis.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("*x", "Can't find end of Bold entity at byte offset 0"),
        ("`x", "Can't find end of Code entity at byte offset 0"),
        ("[x](y", "Can't find end of Link entity at byte offset 2"),
        ("(x)", "Character '(' is reserved and must be escaped with the preceding '\\'"),
    ],
)
def test_bad_markdown_is_refused(source, reason):
    """A full stop that is not escaped is the usual mistake."""
    with pytest.raises(Refusal) as refused:
        markdown.parse(source)

    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


def test_the_older_markdown_has_four_marks():
    """Old bots still send it."""
    text, entities = markdown.parse_old("*tebal* `kode` a\\_b")

    assert text == "tebal kode a_b"
    assert spans(text, entities) == [("bold", "tebal"), ("code", "kode")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/start abc", [("bot_command", "/start")]),
        ("ketik /ide@palanta_bot ya", [("bot_command", "/ide@palanta_bot")]),
        ("jalan/gang 1/2", []),
        (
            "lihat https://t.me/palanta_bot?start=x_1.",
            [("url", "https://t.me/palanta_bot?start=x_1")],
        ),
        ("t.me/palanta_bot?start=x", [("url", "t.me/palanta_bot?start=x")]),
        ("tanya @lurah_padang #banjir", [("mention", "@lurah_padang"), ("hashtag", "#banjir")]),
        ("😀 /ideku", [("bot_command", "/ideku")]),
        ("Jalan rusak. Lampu mati.", []),
    ],
)
def test_telegram_finds_commands_and_links_by_itself(text, found):
    """Offsets count as Telegram counts, also behind an emoji."""
    assert spans(text, find_entities(text)) == found


def test_white_space_around_a_message_goes_and_entities_move():
    """The bold word stays bold when the line break before it is cut."""
    text, entities = trim("\n x y ", [{"type": "bold", "offset": 2, "length": 1}])

    assert text == "x y"
    assert entities == [{"type": "bold", "offset": 0, "length": 1}]
