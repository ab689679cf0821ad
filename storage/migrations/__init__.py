"""Numbered SQL files, each applied once, in one transaction with its number. Never edited later."""

from importlib import resources

import aiosqlite


async def migrate(connection: aiosqlite.Connection) -> None:
    """Bring the tables up to the newest number."""
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY) STRICT"
    )
    rows = await connection.execute_fetchall("SELECT number FROM migration")
    applied = {row[0] for row in rows}
    for number, script in scripts():
        if number not in applied:
            await connection.executescript(
                f"BEGIN IMMEDIATE;\n{script}\n"
                f"INSERT INTO migration (number) VALUES ({number:d});\nCOMMIT;"
            )


def scripts() -> list[tuple[int, str]]:
    """List the numbers and texts of the migrations, in order."""
    files = [file for file in resources.files(__name__).iterdir() if file.name.endswith(".sql")]
    return sorted((int(file.name[:4]), file.read_text("utf-8")) for file in files)
