"""A Telegram that runs on your machine: the Bot API over HTTP, and a chat page.

async with Simulator(limits=False) as telegram:
    rina = telegram.person("Rina")
    await rina.says("Lampu jalan di depan pasar mati")
    [receipt] = await rina.hears()
"""

from simulator.chats import BotMessage, Message
from simulator.faults import Fault, Faults
from simulator.groups import Group
from simulator.people import Person
from simulator.record import Call, Record, UpdateEntry
from simulator.simulator import TOKEN, Simulator, serve

__all__ = [
    "TOKEN",
    "BotMessage",
    "Call",
    "Fault",
    "Faults",
    "Group",
    "Message",
    "Person",
    "Record",
    "Simulator",
    "UpdateEntry",
    "serve",
]
