"""What is said of a database that cannot be used never holds its password."""

import pytest

from storage.database import Database
from storage.errors import DatabaseUnusable


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://palanta:rahasia@127.0.0.1:1/palanta",
        "postgresql://127.0.0.1:1/palanta?user=palanta&password=rahasia",
        "postgresql://palanta:rahasia@rahasia@127.0.0.1:1/palanta",
        "postgresql://palanta:rahasia/rahasia@127.0.0.1:1/palanta",
        "postgresql://palanta:rahasia@127.0.0.1:rahasia/palanta",
        "postgrse://palanta:rahasia@127.0.0.1/palanta",
    ],
)
async def test_a_password_is_in_no_sentence(url):
    """An operator may send what the terminal said to anybody."""
    with pytest.raises(DatabaseUnusable) as caught:
        async with Database.open(url):
            pass

    assert "rahasia" not in str(caught.value)
    assert "rahasia" not in caught.value.url
