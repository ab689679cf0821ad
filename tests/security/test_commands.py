"""The commands of the shell name what is wrong without showing what is secret."""

import asyncio
import json
import sys
from pathlib import Path

import pytest

from simulator import Simulator
from tests.conftest import MODELS

TOKEN = "987654321:AAF-sandirahasiabot_0123456789abcdef"
WRONG = TOKEN.replace("sandi", "sandikeliru")
DATABASE = "postgresql://palanta:sandirahasia@127.0.0.1:9/palanta"
COMMANDS = Path(__file__).with_name("commands.py")
ROOT = COMMANDS.parents[2]

# What is wrong, the settings that are, the command, and what the answer must name.
CASES = [
    ("refused by run", {"PALANTA_TOKEN": WRONG}, ["run"], "PALANTA_TOKEN"),
    ("refused by invite", {"PALANTA_TOKEN": WRONG}, ["invite", "admin"], "PALANTA_TOKEN"),
    ("refused by doctor", {"PALANTA_TOKEN": WRONG}, ["doctor"], "token"),
    ("no token", {"PALANTA_TOKEN": "sandirahasia"}, ["run"], "PALANTA_TOKEN"),
    ("half a token", {"PALANTA_TOKEN": "12:sandi rahasia"}, ["run"], "PALANTA_TOKEN"),
    ("too much of a token", {"PALANTA_TOKEN": f"bot{TOKEN}"}, ["invite", "admin"], "PALANTA_TOKEN"),
    ("no server", {"PALANTA_DATABASE": DATABASE}, ["export", "--out", "."], "PALANTA_DATABASE"),
    ("no server for run", {"PALANTA_DATABASE": DATABASE}, ["run"], "PALANTA_DATABASE"),
]


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, classifier) -> dict[str, str]:
    """Run every command once, and give what each said."""
    folder = tmp_path_factory.mktemp("commands")
    MODELS.mkdir(parents=True, exist_ok=True)
    (folder / "models").symlink_to(MODELS, target_is_directory=True)
    return asyncio.run(run_all(folder))


async def run_all(folder: Path) -> dict[str, str]:
    async with Simulator(token=TOKEN) as telegram:
        whole = {
            "PALANTA_TOKEN": TOKEN,
            "PALANTA_API_URL": telegram.url,
            "PALANTA_DATABASE": f"sqlite:///{folder}/palanta.db",
            "PALANTA_FOLDER": str(folder),
            "PALANTA_STATUS_PORT": "0",
        }
        orders = [[name, whole | settings, words] for name, settings, words, _ in CASES]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(COMMANDS),
            cwd=folder,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "HOME": str(folder)},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        answer, _ = await process.communicate(json.dumps(orders).encode())
    return json.loads(answer)


@pytest.mark.parametrize(("name", "named"), [(case[0], case[3]) for case in CASES])
def test_an_error_names_the_setting_and_shows_no_secret(said, name, named):
    """An operator may send the message to anybody who can help."""
    words = said[name]

    assert named in words
    assert not words.endswith("exit 0")
    assert "rahasia" not in words
    assert "987654321:" not in words
    assert "Traceback" not in words
