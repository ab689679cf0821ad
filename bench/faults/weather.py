"""The simulated Telegram at its worst, with a note of each call whose answer never arrived."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from simulator import Simulator
from simulator.faults import Fault, Faults

SENDING = ("sendMessage", "sendDocument", "editMessageText", "editMessageReplyMarkup")
ANSWERING = "answerCallbackQuery"
Cut = Counter[tuple[int | None, str]]


class WatchedFaults(Faults):
    """Faults that remember which calls they cut off after those had been acted on."""

    def __init__(self, telegram: Simulator, seed: int) -> None:
        super().__init__(seed)
        self._telegram = telegram
        self.cut: Cut = Counter()
        self.struck: Counter[str] = Counter()

    def strike(self, kind: str, method: str = "") -> Fault | None:
        fault = super().strike(kind, method)
        if fault and kind != "latency":
            self.struck[kind] += 1
        if fault and kind == "drop_after":
            # The simulator writes a call down and asks us at once; nothing comes in between.
            call = self._telegram.record.calls[-1]
            self.cut[call.chat_id, call.method] += 1
        return fault


def watch_faults(telegram: Simulator, seed: int) -> WatchedFaults:
    """Replace the simulator's faults, everywhere it looks at them."""
    faults = WatchedFaults(telegram, seed)
    telegram.world.faults = faults
    telegram.world.updates._faults = faults
    return faults


@contextmanager
def weather(faults: Faults, *active: Fault) -> Iterator[None]:
    """Switch faults on for as long as the block lasts; they go before those that were there."""
    faults.active[:0] = active
    try:
        yield
    finally:
        for fault in active:
            faults.active.remove(fault)
