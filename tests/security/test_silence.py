"""What people write, who they are, and the bot's token never leave the database and Telegram.

The whole bot runs as a process, everything that can go wrong goes wrong, and then all that it ever
printed, and every figure that it showed, is searched for marked words.
"""

import asyncio
import contextlib
import resource
from pathlib import Path

import aiohttp
import pytest

from bench.processes import PALANTA, Running, start
from simulator import Person, Simulator
from tests.conftest import MODELS
from tests.security.conftest import LOOPBACK, listening
from tests.security.relay import Relay

pytestmark = pytest.mark.kill

TOKEN = "987654321:AAF-sandirahasiabot_0123456789abcdef"
WORD, NAME, ACCOUNT, PHONE = "KataRahasia", "NamaRahasia", "akun_rahasia", "+6281299990000"
MARKED = (WORD, NAME, ACCOUNT, PHONE, "rahasia", TOKEN, "AAF-sandi", "987654321:")
IDEA = f"Usul lampu taman {WORD}, hubungi {NAME} di {PHONE}"
START_SECONDS = 60.0


class Watched:
    """The bot as a process, with all that it printed and every figure that it showed."""

    def __init__(self, process: Running, port: int) -> None:
        self.process = process
        self.shown: list[str] = []
        self._port = port

    @property
    def log(self) -> str:
        return self.process.log.read_text("utf-8", "replace")

    async def look(self) -> None:
        """Read both pages of the status port, if they can be had."""
        async with aiohttp.ClientSession() as http:
            for path in ("metrics", "healthz"):
                with contextlib.suppress(aiohttp.ClientError):
                    async with http.get(f"http://127.0.0.1:{self._port}/{path}") as answer:
                        self.shown.append(await answer.text())

    async def until(self, words: str) -> None:
        """Wait for a line of the log."""
        async with asyncio.timeout(START_SECONDS):
            while words not in self.log:
                self.process.check()
                await asyncio.sleep(0.05)

    def find_marks(self) -> list[str]:
        everything = "\n".join([self.log, *self.shown]).casefold()
        return [mark for mark in MARKED if mark.casefold() in everything]


@pytest.fixture
async def secret_telegram():
    async with Simulator(token=TOKEN, limits=False) as simulator:
        yield simulator


@pytest.fixture
def environment(tmp_path: Path, port: int, classifier) -> dict[str, str]:
    MODELS.mkdir(parents=True, exist_ok=True)
    (tmp_path / "models").symlink_to(MODELS, target_is_directory=True)
    return {
        "PALANTA_TOKEN": TOKEN,
        "PALANTA_DATABASE": f"sqlite:///{tmp_path}/palanta.db",
        "PALANTA_FOLDER": str(tmp_path),
        "PALANTA_STATUS_PORT": str(port),
        "PALANTA_MESSAGES_PER_SECOND": "0",
        "PALANTA_MESSAGES_PER_SECOND_AND_CHAT": "0",
        "PYTHONASYNCIODEBUG": "1",
        "PYTHONWARNINGS": "default",
    }


async def test_nothing_that_was_said_is_in_any_log_metric_or_error(
    secret_telegram, environment, tmp_path, port
):
    """A log may be sent to anybody who helps to find an error."""
    relay = Relay(secret_telegram.url, words=IDEA)
    rina = secret_telegram.person(NAME)
    rina.user |= {"username": ACCOUNT, "last_name": NAME}
    environment["PALANTA_API_URL"] = relay.url
    async with relay.running():
        # The very first call already meets a proxy that quotes it.
        relay.spoil["getMe", "page"] = 1
        process = await start([PALANTA, "run"], log=tmp_path / "bot.log", env=environment)
        bot = Watched(process, port)
        try:
            assert TOKEN not in Path(f"/proc/{process.pid}/cmdline").read_text("utf-8")
            await bot.until('"ready"')
            # Nor does a server on the internet that runs the bot offer anything to anybody.
            while not bot.shown:
                await bot.look()
            assert listening(process.pid) == {(LOOPBACK, port)}, "one port, and no simulator"
            await live_through_everything(secret_telegram, relay, rina, bot)
            await run_out_of_disk(rina, bot, tmp_path)
            await bot.look()
            await process.end()
        finally:
            await process.kill()

    assert bot.find_marks() == [], bot.log
    for expected in (
        "cannot reach Telegram",
        "Telegram refused a call",
        "Telegram asks for a pause",
        "Telegram refused getUpdates",
        "update failed",
        "cannot write",
    ):
        assert expected in bot.log, f"the bot never met: {expected}"
    assert any("palanta_updates_processed_total" in page for page in bot.shown)


async def live_through_everything(
    telegram: Simulator, relay: Relay, rina: Person, bot: Watched
) -> None:
    """Write, edit, press and order marked words while Telegram refuses in every way."""
    sent = await rina.says(IDEA)
    notice = await rina.sees("Pesanmu sudah saya pegang")
    await rina.presses("Setuju", notice)
    receipt = await rina.sees("PDG-")
    await rina.edits(sent, f"{IDEA} segera")
    await rina.presses_data(f"idea:1:{WORD}:{WORD}", receipt)
    for text in (f"/start {WORD}", f"/undang {WORD}", f"/export dari:{WORD}", f"/{WORD}"):
        await rina.says(text)
    await rina.sends_photo(caption=IDEA)
    await rina.sends_contact(PHONE)
    await rina.sends_document(f"{WORD}.txt", WORD.encode(), IDEA)
    await bot.look()
    for method, way in (
        ("sendMessage", "quote"),
        ("sendMessage", "page"),
        ("sendMessage", "odd"),
        ("sendMessage", "hang up"),
        ("getUpdates", "quote"),
        ("getUpdates", "page"),
        ("getUpdates", "deep"),
        ("getUpdates", "hang up"),
    ):
        relay.spoil[method, way] = 1
        await rina.says(f"{IDEA} lagi {method} {way}")
        await relay.until_spoilt(method, way)
    telegram.inject(malformed(rina))
    await bot.until('"attempt": 3')
    await bot.look()


def malformed(rina: Person) -> list[dict[str, object]]:
    """Updates that break a handler or a parser, with the marked words where it hurts."""
    chat, sender = {"id": rina.id, "type": "private", "first_name": NAME}, rina.user
    whole = {"message_id": 5_000_000, "from": sender, "chat": chat, "date": 1_795_600_000}
    return [
        {"update_id": 910_000_001, "message": whole | {"text": [IDEA]}},
        {"update_id": 910_000_002, "message": whole | {"date": IDEA, "text": IDEA}},
        {"update_id": 910_000_003, "message": whole | {"message_id": IDEA, "text": IDEA}},
        {"update_id": 910_000_004, "message": whole | {"text": IDEA, "photo": IDEA}},
        {"update_id": 910_000_005, "callback_query": {"id": IDEA, "from": sender, "data": IDEA}},
        {"update_id": 910_000_006, "message": {"text": IDEA, "from": IDEA, "chat": chat}},
        {"update_id": 910_000_007, "my_chat_member": {"chat": chat, "from": sender, "date": IDEA}},
    ]


async def run_out_of_disk(rina: Person, bot: Watched, folder: Path) -> None:
    """Let the database meet the end of the disk, in the middle of what somebody says."""
    wal = folder / "palanta.db-wal"
    most = max(wal.stat().st_size, (folder / "bot.log").stat().st_size + 200_000)
    for number in range(400):
        if wal.stat().st_size > most:
            break
        await rina.says(f"{IDEA} nomor {number}")
        await asyncio.sleep(0.01)
    _, hard = resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (wal.stat().st_size, hard))
    await rina.says(f"{IDEA} waktu cakram penuh")
    await bot.until("cannot write")
    await bot.look()
    resource.prlimit(bot.process.pid, resource.RLIMIT_FSIZE, (hard, hard))
    await rina.says(f"{IDEA} setelah cakram lega")
    await rina.sees(lambda message: "Tersimpan" in message.text, timeout=30)
