"""The bot under test as a process: ``palanta run`` on a database of its own."""

from collections.abc import Mapping
from pathlib import Path

from bench.evidence import Kept
from bench.processes import PALANTA, Running, start
from bench.telegram import TOKEN

MODELS = Path(".palanta/models")


class Place:
    """A folder with a database, and the environment of a bot that works on it."""

    def __init__(
        self, folder: Path, api_url: str, *, models: Path, database: str | None = None
    ) -> None:
        """``models`` is where trained models are kept: the bot finds its own there, or makes it.

        ``database`` is an address; without it the bot has a file of its own in the folder.
        """
        self.folder = folder
        self.database = folder / "palanta.db"
        self.kept: Kept = database or self.database
        self.env: dict[str, str] = {
            "PALANTA_TOKEN": TOKEN,
            "PALANTA_API_URL": api_url,
            "PALANTA_DATABASE": database or f"sqlite:///{self.database}",
            "PALANTA_FOLDER": str(folder),
            "PALANTA_MESSAGES_PER_SECOND": "0",
            "PALANTA_MESSAGES_PER_SECOND_AND_CHAT": "0",
            "PALANTA_MESSAGES_PER_PERSON_AND_MINUTE": "0",
            "PALANTA_STATUS_PORT": "0",
            "PALANTA_LEARN_EVERY_DAYS": "0",
        }
        models.mkdir(parents=True, exist_ok=True)
        (folder / "models").symlink_to(models.resolve(), target_is_directory=True)

    async def start(
        self, *, core: int | None = None, env: Mapping[str, str] | None = None
    ) -> Running:
        return await self.run("run", core=core, env=env)

    async def run(
        self, *words: str | Path, core: int | None = None, env: Mapping[str, str] | None = None
    ) -> Running:
        """Start any ``palanta`` command on this place."""
        return await start(
            [PALANTA, *words],
            log=self.folder / "bot.log",
            env=self.env | dict(env or {}),
            core=core,
        )
