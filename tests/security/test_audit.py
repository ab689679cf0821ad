"""`make audit` says what it found, and never takes silence for safety."""

import pytest

from tests.security.audit import judge

SOUND = {"name": "aiohttp", "version": "3.14.5", "vulns": []}
HOLED = {
    "name": "aiohttp",
    "version": "3.9.0",
    "vulns": [{"id": "PYSEC-2024-24", "fix_versions": ["3.9.2"]}],
}
UNKNOWN = {"name": "aiohttp", "skip_reason": "Dependency not found"}


@pytest.mark.parametrize(
    ("packages", "code", "words"),
    [
        ([SOUND], 0, "No known holes in 1 packages."),
        ([SOUND, UNKNOWN], 0, "1 could not be asked about"),
        ([UNKNOWN], 0, "nothing was checked"),
        ([], 0, "nothing was checked"),
        ([SOUND, HOLED], 1, "aiohttp 3.9.0: PYSEC-2024-24, mended in 3.9.2"),
    ],
)
def test_a_known_hole_fails_the_check_and_an_unasked_list_is_said(packages, code, words):
    """A build that is green because nobody was asked would be worse than none."""
    verdict = judge({"dependencies": packages})

    assert verdict.code == code
    assert words in verdict.said
