"""The ways to end a process in the middle of its work; each says how long the end took."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

from bench.processes import Running

Strike = Callable[[Running], Awaitable[float]]

BETWEEN_SECONDS = 0.05


async def kill(bot: Running) -> float:
    """SIGKILL."""
    await bot.kill()
    return 0.0


async def terminate(bot: Running) -> float:
    """SIGTERM, as every supervisor does first."""
    seconds = await bot.end()
    await bot.finish()
    return seconds


async def terminate_twice(bot: Running) -> float:
    """SIGTERM again while the first is being obeyed, by somebody impatient."""
    bot.send(signal.SIGTERM)
    await asyncio.sleep(BETWEEN_SECONDS)
    # It may be over by then, all but its last breath: the second signal ends that, and no more.
    return await bot.end()


STRIKES: dict[str, Strike] = {"kill": kill, "term": terminate, "term-twice": terminate_twice}
