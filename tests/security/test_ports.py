"""What listens, and where. The port of the bot itself is looked at in test_silence."""

import os

from typer.main import get_command

from bot.cli import app
from simulator import Simulator
from tests.security.conftest import LOOPBACK, listening


async def test_the_simulator_and_its_chat_page_are_on_this_machine_only():
    """Its chat page lets anybody be an admin; so nobody else may reach it."""
    before = listening(os.getpid())
    async with Simulator() as telegram:
        port = int(telegram.url.rpartition(":")[2])
        assert listening(os.getpid()) - before == {(LOOPBACK, port)}


def test_no_command_can_open_the_chat_page_to_others():
    """There is no switch that somebody could set by mistake."""
    commands = get_command(app).commands

    for name in ("simulator", "demo"):
        options = {option for each in commands[name].params for option in each.opts}
        assert "--port" in options
        assert not options & {"--host", "--bind", "--address", "--listen"}
