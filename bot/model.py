"""Which model is asked: the one that was promoted last, in every process, soon after it was."""

import asyncio
from pathlib import Path
from time import time

import structlog

from bot.metrics import Metrics
from classifier import LEARNED, Classifier, ClassifierError
from storage import learning
from storage.database import Database
from storage.errors import DatabaseUnavailable

LOOK_SECONDS = 10.0
# A file so young may be of a training that has not ended.
YOUNG_SECONDS = 600.0

log = structlog.get_logger()


class LiveModel:
    """Holds the base, which knows the corpus alone, and whatever has taken its place."""

    def __init__(self, base: Classifier, folder: Path | None = None) -> None:
        """``folder`` is where the base is kept; without it there is no other model."""
        self.base = base
        self.classifier = base
        self._folder = folder / LEARNED if folder else None
        self._missed: str | None = None

    async def follow(self, database: Database, metrics: Metrics) -> None:
        """Look which model is live every ten seconds, and show it outside, until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.look(database)
                metrics.model.info({"id": self.classifier.id})
            except DatabaseUnavailable as error:
                log.warning("cannot read which model is live", error=str(error))

    async def look(self, database: Database) -> None:
        """Take up the live model if it is another one than ours and fits this version."""
        async with database.reading() as session:
            wanted = await learning.find_live(session) or self.base.id
            known = {model.id: model for model in await learning.list_models(session)}
        model = known.get(wanted)
        if model is None or model.base != self.base.id:
            # Learned on top of an older corpus or code: its place is the new base's until the
            # next training.
            wanted = self.base.id
        if wanted != self.classifier.id:
            await self._take(wanted)
        await asyncio.to_thread(self._forget_all_but, set(known))

    async def _take(self, wanted: str) -> None:
        if wanted == self.base.id:
            self.classifier = self.base
        elif self._folder:
            try:
                path = self._folder / f"{wanted}.skops"
                self.classifier = await asyncio.to_thread(Classifier.load, path)
            except (FileNotFoundError, ClassifierError) as error:
                self._miss(wanted, error)
                return
        log.info("model", model=self.classifier.id)

    def _miss(self, wanted: str, error: Exception) -> None:
        """Say once that the file is not there; the next training, or a copy of it, brings it."""
        if wanted != self._missed:
            log.error("the live model cannot be read", model=wanted, error=type(error).__name__)
        self._missed = wanted

    def _forget_all_but(self, known: set[str]) -> None:
        """Remove what was learned with the words of somebody who erased themselves since."""
        before = time() - YOUNG_SECONDS
        for file in self._folder.glob("m-*") if self._folder else ():
            if file.stem not in known and file.stat().st_mtime < before:
                file.unlink(missing_ok=True)
