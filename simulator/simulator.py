"""The whole of it: one Telegram with one bot, on a port of this machine."""

import asyncio
import contextlib
import signal
import time
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from simulator import shapes
from simulator.app import build_app
from simulator.chats import Chat
from simulator.faults import Faults
from simulator.groups import Group
from simulator.injection import inject
from simulator.people import Person
from simulator.record import Record
from simulator.webhook import Webhook
from simulator.world import World

TOKEN = "123456:TEST"  # noqa: S105 - it opens nothing but this simulator


class Simulator:
    """A Telegram that runs on your machine, for as long as the `async with` lasts.

    `port` 0 takes a free one. `limits` are Telegram's own on how fast a bot may send;
    tests and benches turn them off. `clock` gives the time in seconds, so that nobody
    has to wait for updates to expire. `record_limit` and `keep_messages` bound what long
    runs remember (0 records nothing).
    """

    def __init__(  # noqa: PLR0913 - one switch each
        self,
        *,
        token: str = TOKEN,
        host: str = "127.0.0.1",
        port: int = 0,
        limits: bool = True,
        clock: Callable[[], float] = time.time,
        username: str = "palanta_bot",
        press_lifetime: float = 150.0,
        record_limit: int | None = None,
        keep_messages: int | None = None,
        webhook_pace: float = 1.0,
        seed: int = 0,
    ) -> None:
        self.world = World(
            token=token,
            username=username,
            clock=clock,
            limits=limits,
            press_lifetime=press_lifetime,
            record_limit=record_limit,
            keep_messages=keep_messages,
            seed=seed,
        )
        self.people: dict[int, Person] = {}
        self.groups: dict[int, Group] = {}
        self.webhook = Webhook(self.world.updates, clock, pace=webhook_pace)
        self._host = host
        self._port = port
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://{self._host}:{self._port}"

    @property
    def token(self) -> str:
        return self.world.token

    @property
    def faults(self) -> Faults:
        return self.world.faults

    @property
    def record(self) -> Record:
        return self.world.record

    @property
    def commands(self) -> dict[str, str]:
        """The bot's commands, with what they do, as any person finds them in the menu."""
        return self.commands_for(None)

    def commands_for(self, person: Person | None) -> dict[str, str]:
        anyone = {"id": 0, "type": "private"}
        chat = person.private_chat.raw if person else anyone
        language = str(person.user.get("language_code", "")) if person else ""
        seen = self.world.commands.seen_in(chat, language)
        return {command["command"]: command["description"] for command in seen}

    def person(
        self,
        first_name: str,
        id: int | None = None,
        *,
        language_code: str | None = "id",
        note: str = "",
    ) -> Person:
        """Someone new, who has not yet opened the chat with the bot."""
        chat = self.world.add_person(first_name, user_id=id, language=language_code)
        person = self.people[chat.id] = Person(self.world, chat, note=note)
        self.world.publish("person", person=person.view())
        return person

    def group(self, title: str, members: Sequence[Person]) -> Group:
        """A group with these people; the first made it and let the bot in."""
        chat = self.world.add_chat(shapes.group_chat(self.world.next_group_id(), title))
        chat.started = True
        chat.members = {person.id: "member" for person in members} | {
            self.world.bot["id"]: "member"
        }
        group = self.groups[chat.id] = Group(chat)
        if members:
            chat.members[members[0].id] = "creator"
            self.world.change_membership(chat, members[0].user, before="left", after="member")
        return group

    # Any: a fuzzed update may be anything at all.
    def inject(self, updates: Sequence[Any]) -> list[int]:
        """Queue raw updates as they are; people whom they name come into being."""
        return inject(self.world, updates, on_new=self._meet)

    def _meet(self, chat: Chat) -> None:
        self.people[chat.id] = Person(self.world, chat)
        self.world.publish("person", person=self.people[chat.id].view())

    async def start(self) -> None:
        self._runner = web.AppRunner(build_app(self), access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self._port)
        await site.start()
        self._port = int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        self.world.updates.close()
        self.world.events.close()
        await self.webhook.close()
        if self._runner:
            await self._runner.cleanup()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()


async def serve(
    host: str = "127.0.0.1",
    port: int = 8081,
    token: str = TOKEN,
    *,
    limits: bool = True,
    on_ready: Callable[[Simulator], None] | None = None,
) -> None:
    """Run until SIGTERM or SIGINT. `on_ready` is called once the port is open."""
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        with contextlib.suppress(NotImplementedError):  # Windows has no such handlers
            loop.add_signal_handler(name, over.set)
    async with Simulator(host=host, port=port, token=token, limits=limits) as telegram:
        if on_ready:
            on_ready(telegram)
        await over.wait()
