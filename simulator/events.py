"""What happens, as it happens, for chat pages that are open."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from simulator.shapes import Json

# A page that reads slower than this is cut off and has to load anew.
BACKLOG = 2000


class Events:
    """Each listener has a queue of its own; None in it means the end."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Json | None]] = set()

    @property
    def heard(self) -> bool:
        return bool(self._listeners)

    def publish(self, event: Json) -> None:
        for queue in list(self._listeners):
            if queue.qsize() >= BACKLOG:
                self._listeners.discard(queue)
                queue.put_nowait(None)
            else:
                queue.put_nowait(event)

    @contextmanager
    def listen(self) -> Iterator[asyncio.Queue[Json | None]]:
        queue: asyncio.Queue[Json | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        for queue in self._listeners:
            queue.put_nowait(None)
