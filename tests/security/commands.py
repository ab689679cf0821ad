"""Runs several ``palanta`` commands one after the other in one process, to import once.

It reads a JSON list of ``[name, environment, words]`` and writes a JSON object: by name what was
said on both outputs, with the exit code behind it.
"""

import contextlib
import io
import json
import os
import sys
import traceback
from collections.abc import Mapping


def run(environment: Mapping[str, str], words: list[str]) -> str:
    from bot.cli import app  # noqa: PLC0415 - after the environment is clean

    for name in [name for name in os.environ if name.startswith("PALANTA_")]:
        del os.environ[name]
    os.environ.update(environment)
    said, code = io.StringIO(), 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            app(words)
        except SystemExit as end:
            code = int(end.code or 0)
        except BaseException:
            traceback.print_exc()
            code = 1
    return f"{said.getvalue()}\nexit {code}"


if __name__ == "__main__":
    orders = json.loads(sys.stdin.read())
    answers = {name: run(environment, words) for name, environment, words in orders}
    sys.stdout.write(json.dumps(answers))
