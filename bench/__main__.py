"""Runs the benches of speed one after the other and writes their tables into docs/performance.md.

python -m bench [NAME…]
"""

import argparse
import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

PAGE = Path("docs/performance.md")
# Longest last: what is done is written down even if that one is broken off.
COMMANDS = {
    "throughput": "bench.throughput --rounds 5 --updates 1000",
    "latency": "bench.latency --rounds 3 --updates 600",
    "intake": "bench.intake --rounds 5 --updates 20000",
    "conditions": "bench.conditions --rounds 3 --updates 600",
    "growth": "bench.growth --rounds 5 --updates 400",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(COMMANDS))
    names = parser.parse_args().names or list(COMMANDS)
    for name in names:
        print(f"python -m {COMMANDS[name]}", flush=True)
        table = _run(COMMANDS[name])
        print(f"\n{table}\n", flush=True)
        PAGE.write_text(_replace(PAGE.read_text("utf-8"), name, table), "utf-8")


def _run(command: str) -> str:
    words = [sys.executable, "-m", *command.split()]
    return subprocess.run(words, check=True, text=True, stdout=subprocess.PIPE).stdout.strip()


def _replace(page: str, name: str, table: str) -> str:
    """Put a table between its marks, with the command that makes it and where and when it was."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if begin not in page or end not in page:
        raise SystemExit(f"{PAGE}: no place for {name}; it goes between {begin} and {end}")
    said = f"{begin}\n`python -m {COMMANDS[name]}`, {_where()}:\n\n{table}\n{end}"
    return re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _: said, page, flags=re.DOTALL)


def _where() -> str:
    day, version, load = datetime.now(UTC).date(), platform.python_version(), os.getloadavg()[0]
    return f"{day}, {os.cpu_count()} cores, Python {version}, load average {load:.1f}"


if __name__ == "__main__":
    main()
