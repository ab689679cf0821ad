"""The bot's words: all there, none left over, short enough, and every error has its sentence."""

import ast
import re
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path

import pytest

import bot
from bot import keyboards, receipts
from bot.handlers import MENU, roles
from bot.texts import MissingText, Texts
from classifier import load_taxonomy, load_topics
from planning import filters
from storage.errors import InvitationError
from storage.models import RoleName, Status

CODE = Path(bot.__file__).parent
NAME = re.compile(r"^([a-z][\w-]*) =", re.MULTILINE)
VARIABLE = re.compile(r"\{ ?\$(\w+)")
REFERENCE = re.compile(r"\{ ([a-z][\w-]*) \}")
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf]")
SPEAKERS = {"t", "texts", "_t", "_texts"}
# What the bot fills in, as long as it gets.
FILLED = {
    "code": "PDG-7K3MQ",
    "dimension": "Smart Environmental (Lingkungan)",
    "topic": max((topic.title_id for topic in load_topics().topics), key=len),
    "note": "Tag ini sudah ditetapkan moderator.",
    "reason": "Sudah dikerjakan tahun lalu.",
    "number": "9999",
    "role": "moderator",
}


@cache
def facts() -> list[str]:
    """What can be wrong with a filter, as planning names it."""
    source = Path(filters.__file__).read_text("utf-8")
    return re.findall(r'FilterError\("([\w-]+)"', source)


# Names that are put together: the beginning, and every end that the code can give it.
ENDS = {
    "topic-": lambda: (*load_topics().ids, *load_topics().code_ids),
    "role-": lambda: RoleName,
    "status-": lambda: Status,
    "command-": lambda: MENU,
    "reason-": lambda: keyboards.REASONS,
    "button-reason-": lambda: (*keyboards.REASONS, "typed"),
    "filter-": facts,
    "receipt-": lambda: (*receipts.NOTES.values(), "ask", "integrity"),
    "receipt-unsure-": lambda: (*receipts.NOTES.values(), "ask", "unclear", "scope"),
    "train-against-": lambda: ("sample", "dimension", "blind"),
    "pace-": lambda: ("message", "command"),
    "invitation-next-": lambda: ("moderator", "planner", "admin", "other"),
}


@cache
def words() -> dict[str, str]:
    """Every message of the Fluent files, as it is written there."""
    found: dict[str, str] = {}
    for file in sorted((resources.files("bot") / "locales" / "id").iterdir(), key=str):
        names = NAME.split(file.read_text("utf-8"))[1:]
        found |= dict(zip(names[::2], names[1::2], strict=True))
    return found


@cache
def trees() -> list[ast.Module]:
    return [ast.parse(file.read_text("utf-8")) for file in sorted(CODE.rglob("*.py"))]


def spoken(tree: ast.Module) -> list[ast.expr]:
    """List what is handed to the texts as a name, each way of a condition by itself."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    names = [call.args[0] for call in calls if _called(call.func) in SPEAKERS]
    return [way for name in names for way in _ways(name)]


def _called(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))


def _ways(name: ast.expr) -> list[ast.expr]:
    return [name.body, name.orelse] if isinstance(name, ast.IfExp) else [name]


def beginnings() -> set[str]:
    """What names that are put together begin with."""
    joined = [node for tree in trees() for node in spoken(tree) if isinstance(node, ast.JoinedStr)]
    # Some are put together first and said elsewhere.
    joined += [
        node
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        and isinstance(node.values[0], ast.Constant)
        and node.values[0].value in ENDS
    ]
    return {
        str(node.values[0].value) for node in joined if isinstance(node.values[0], ast.Constant)
    }


def put_together() -> set[str]:
    return {f"{beginning}{end}" for beginning in beginnings() for end in ENDS[beginning]()}


def test_every_name_is_given_once():
    """One message, one name, in one file: a translator changes it in one place."""
    files = (resources.files("bot") / "locales" / "id").iterdir()
    counts = Counter(name for file in files for name in NAME.findall(file.read_text("utf-8")))

    assert [name for name, count in counts.items() if count > 1] == []


def test_every_name_that_the_code_says_has_words():
    """Nobody is answered with a hole."""
    said = {
        str(node.value)
        for tree in trees()
        for node in spoken(tree)
        if isinstance(node, ast.Constant)
    }

    assert len(said) > 50, "the search finds what is said"
    assert said - set(words()) == set()


def test_every_name_that_is_put_together_has_words():
    """A new role, status, topic or fault of a filter does not arrive without its words."""
    assert beginnings() - set(ENDS) == set(), "tell ENDS what the new names may end with"
    assert put_together() - set(words()) == set()


def test_no_words_are_left_over():
    """What nobody says is not translated and not kept up."""
    constants = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    referred = {name for text in words().values() for name in REFERENCE.findall(text)}

    assert set(words()) - constants - put_together() - referred == set()


def say(name: str) -> str:
    """Say a message with everything filled in."""
    needed = set(VARIABLE.findall(_whole(name)))
    return Texts()(name, **{variable: FILLED.get(variable, 12) for variable in needed})


def _whole(name: str) -> str:
    text = words()[name]
    return text + "".join(_whole(other) for other in REFERENCE.findall(text))


def names_in(file: str) -> list[str]:
    path = resources.files("bot") / "locales" / "id" / file
    return NAME.findall(path.read_text("utf-8"))


@pytest.mark.parametrize("name", names_in("resident.ftl"))
def test_a_resident_reads_no_more_than_five_lines_at_a_time(name):
    """What does not fit on a small phone is not read."""
    text = say(name)

    assert len(text.splitlines()) <= 5
    assert len(text) <= 600
    assert not EMOJI.search(text), "a screen reader reads every one of them aloud"


def test_staff_reads_one_screen_at_a_time():
    """A card and a refusal fit on a screen; nothing comes near Telegram's 4,096."""
    for name in names_in("staff.ftl"):
        assert len(say(name)) <= 600, name
        assert len(say(name).splitlines()) <= 5, name


def test_buttons_are_short_enough_for_two_in_a_row():
    """Twenty letters can be read on a small phone."""
    plain = [dimension.plain for dimension in load_taxonomy().dimensions]
    labels = [say(name) for name in words() if name.startswith(("button-", "topic-", "role-"))]

    assert [label for label in [*plain, *labels] if len(label) > 20] == []


def test_what_pops_up_over_the_chat_is_short_enough():
    """Telegram takes 200 letters there."""
    for name in words():
        if name.startswith(("pressed-", "settled-")):
            assert len(say(name)) <= 200, name


def test_commands_explain_themselves_in_the_menu():
    """Telegram takes 3 to 256 letters; a phone shows about 30."""
    for name in MENU:
        assert 3 <= len(say(f"command-{name}")) <= 40


@pytest.mark.parametrize("error", InvitationError.__subclasses__())
def test_every_error_of_an_invitation_has_a_sentence(error):
    """Nobody adds an error without words for it."""
    assert roles.SENTENCES[error] in words()


def test_a_missing_word_is_an_error_and_not_a_hole():
    """Better no answer, and an alert, than a name or a blank before a person."""
    with pytest.raises(MissingText):
        Texts()("no-such-words")
    with pytest.raises(MissingText):
        Texts()("receipt", code="PDG-7K3M")
