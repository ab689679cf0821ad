"""Asks a public list of known holes about every package in requirements.lock: ``make audit``.

pip-audit alone ends well when it could ask about nothing; here that is said, and is no success.
"""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

LOCK = Path(__file__).parents[2] / "requirements.lock"
SECONDS = 120
COMMAND = [
    *(sys.executable, "-m", "pip_audit", "--format", "json", "--progress-spinner", "off"),
    *("--disable-pip", "--require-hashes", "--requirement", str(LOCK)),
]


class Verdict(NamedTuple):
    """What is to be said, and the code to end with."""

    code: int
    said: str


# Any: pip-audit's own JSON.
def judge(report: Mapping[str, Any]) -> Verdict:
    """Count what was asked about, and name what has a known hole."""
    packages = report["dependencies"]
    asked = [package for package in packages if "skip_reason" not in package]
    holes = [
        f"{package['name']} {package['version']}: {hole['id']}"
        + (f", mended in {hole['fix_versions'][0]}" if hole["fix_versions"] else "")
        for package in asked
        for hole in package["vulns"]
    ]
    if holes:
        return Verdict(1, "Known holes:\n" + "\n".join(holes))
    if not asked:
        return skip("it does not know any of our packages here")
    unasked = len(packages) - len(asked)
    note = f" {unasked} could not be asked about." if unasked else ""
    return Verdict(0, f"No known holes in {len(asked)} packages.{note}")


def skip(reason: str) -> Verdict:
    return Verdict(0, f"Audit skipped, nothing was checked: {reason}. Run `make audit` elsewhere.")


def audit() -> Verdict:
    try:
        done = subprocess.run(COMMAND, capture_output=True, timeout=SECONDS, check=False)
        return judge(json.loads(done.stdout))
    except subprocess.TimeoutExpired:
        return skip(f"the list of holes did not answer within {SECONDS} s")
    except ValueError:
        missing = b"No module named pip_audit" in done.stderr
        return skip("pip-audit is not installed" if missing else "the list cannot be reached")


if __name__ == "__main__":
    verdict = audit()
    sys.stderr.write(verdict.said + "\n")
    raise SystemExit(verdict.code)
