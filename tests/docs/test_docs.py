"""The documents say what is true."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from bot.handlers import COMMANDS
from bot.settings import Settings

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def test_every_command_of_the_shell_is_in_the_readme():
    """Whoever runs the bot finds each command."""
    commands = set(get_command(app).commands)

    assert commands == set(re.findall(r"^\| `palanta (\w+)` \|", README, re.MULTILINE))


def test_every_setting_is_in_the_readme_with_its_default():
    """Nobody has to read the code to set the bot up."""
    told = dict(re.findall(r"^\| `PALANTA_(\w+)` \| `?([^`|]+?)`? \|", README, re.MULTILINE))

    assert set(told) == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if field.default is not None:
            assert told[name.upper()] == str(field.default)


def test_every_command_of_the_chat_is_in_the_readme():
    """What the bot can do in the chat is told, and nothing more."""
    told = set(re.findall(r"`/(\w+)`", README.split("## What people can do")[1]))

    assert told | {"start", "help"} == set(COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_in_the_documents_leads_somewhere(page):
    """A reader never follows a dead link."""
    links = re.findall(r"\]\(([^)#\s]+)\)", page.read_text("utf-8"))

    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_every_target_of_make_that_the_documents_name_exists():
    """`make something` in a document works."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = {
        name for page in PAGES for name in re.findall(r"^make (\w+)", page.read_text("utf-8"), re.M)
    }

    assert named
    assert [name for name in named if not re.search(rf"^{name}:", makefile, re.M)] == []


def test_every_dependency_has_its_reason():
    """Nothing is installed that nobody argued for."""
    told = (ROOT / "docs/dependencies.md").read_text("utf-8").casefold()
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    listed = project.split("dependencies = [")[1].split("]")[0]

    names = re.findall(r'"([A-Za-z0-9._-]+?)[><=;]', listed)
    assert names
    assert [name for name in names if name.casefold() not in told] == []


def test_no_file_is_longer_than_four_hundred_lines():
    """A file that nobody can hold in mind is to be split."""
    files = [
        f
        for p in ("bot", "classifier", "storage", "planning", "simulator", "bench", "tests")
        for f in (ROOT / p).rglob("*.py")
    ]

    assert [str(f) for f in files if len(f.read_text("utf-8").splitlines()) > 400] == []
