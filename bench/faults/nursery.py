"""A process that has everything loaded and forks bots on demand: a start costs no imports.

It reads a line of JSON for each bot to be born, and writes one for each birth and each death.
"""

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from pathlib import Path

# Threads do not survive a fork, and a library that had some would wait for them for ever.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

from bench.faults.child import Birth, birth_of, live  # noqa: E402 - after the threads are told
from classifier import Classifier, load_or_train  # noqa: E402 - as above

LOOK_SECONDS = 0.02


def main() -> None:
    classifier = load_or_train(Path(sys.argv[1]))
    _tell(ready=True)
    children: set[int] = set()
    waiting = b""
    while True:
        readable, _, _ = select.select([0], [], [], LOOK_SECONDS)
        if readable:
            read = os.read(0, 65536)
            if not read:
                return
            *lines, waiting = (waiting + read).split(b"\n")
            for line in lines:
                children.add(_bear(birth_of(json.loads(line)), classifier))
        _reap(children)


def _bear(birth: Birth, classifier: Classifier) -> int:
    """Fork a bot. What it prints goes through a pipe, which no limit on files reaches."""
    with Path(birth.log).open("ab") as log:
        pump = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=log)
    assert pump.stdin, "it was asked for"
    pid = os.fork()
    if pid == 0:
        _grow_up(birth, classifier, output=pump.stdin.fileno())
    pump.stdin.close()
    _tell(born=pid)
    return pid


def _grow_up(birth: Birth, classifier: Classifier, *, output: int) -> None:
    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        for ours, theirs in ((nothing, 0), (output, 1), (output, 2)):
            os.dup2(ours, theirs)
        code = live(birth, classifier)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _reap(children: set[int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            if pid in children:
                children.remove(pid)
                _tell(dead=pid, code=os.waitstatus_to_exitcode(status))


def _tell(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    main()
