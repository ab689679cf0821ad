"""The commands of ``palanta`` for whoever keeps it running."""

import asyncio
import functools
import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from bot import doctor as checks
from bot import sweep
from bot.doctor import Finding
from bot.jobs import exports_folder
from bot.settings import Settings, SettingsError, read_settings
from classifier import load_taxonomy, model_id
from storage import aside, audit, learning, transfer
from storage import backup as backups
from storage.aside import SetAside
from storage.database import Database
from storage.errors import Refused
from storage.models import LearnedModel

Number = Annotated[int, typer.Argument(help="Its number, as `palanta inbox list` shows it.")]

inbox = typer.Typer(help="What could not be processed: list, show, replay.", no_args_is_help=True)
console = Console(stderr=True)


def add_commands(app: typer.Typer, *, told: Callable[[], AbstractContextManager[None]]) -> None:
    """Add the commands to ``palanta``. ``told`` turns errors of an operator's into a sentence."""
    commands: list[tuple[typer.Typer, Callable[..., None]]] = [
        *((app, command) for command in (backup, restore, migrate, doctor, retention)),
        *((app, command) for command in (models, rollback)),
        *((inbox, command) for command in (list_, show, replay)),
    ]
    for group, command in commands:
        group.command(command.__name__.strip("_"))(_within(told, command))
    app.add_typer(inbox, name="inbox")


def _within(
    told: Callable[[], AbstractContextManager[None]], command: Callable[..., None]
) -> Callable[..., None]:
    @functools.wraps(command)
    def run(*arguments: Any, **options: Any) -> None:
        with told():
            command(*arguments, **options)

    return run


def models() -> None:
    """List the models that learned from people; the live one is marked."""
    live, found = asyncio.run(_list_models(read_settings()))
    if not found:
        console.print("No model has learned from people yet; the bot uses that of the corpus.")
        return
    table = Table(
        "", "model", "trained (UTC)", "corrections", "F1 before", "F1", "kept back", box=None
    )
    for each in found:
        sample = each.report["sample"]
        table.add_row(
            "live" if each.id == live else "",
            each.id,
            each.trained_at.strftime("%Y-%m-%d %H:%M"),
            str(each.corrections),
            f"{sample['old']:.3f}",
            f"{sample['new']:.3f}",
            each.report["against"] or "",
        )
    Console(width=120).print(table)


async def _list_models(settings: Settings) -> tuple[str | None, list[LearnedModel]]:
    async with Database.open(settings.database) as database, database.reading() as session:
        return await learning.find_live(session), await learning.list_models(session)


def rollback() -> None:
    """Go back to the model that was live before; every running bot follows within seconds."""
    console.print(f"Live from now on: {asyncio.run(_roll_back(read_settings()))}.")


async def _roll_back(settings: Settings) -> str:
    base = model_id(None, load_taxonomy())
    async with Database.open(settings.database) as database, database.writing() as session:
        live = await learning.find_live(session)
        if live in (None, base):
            raise Refused("The model of the corpus is live; there is none before it.")
        before = await learning.find_before(session) or base
        known = {model.id for model in await learning.list_models(session)}
        target = before if before in known else base
        now = datetime.now(UTC)
        learning.promote(session, target, by=None, reason="rollback", at=now)
        detail = {"model": target, "reason": "rollback"}
        audit.add(session, "promote", by=None, at=now, detail=detail)
    return target


def list_() -> None:
    """List the updates that were set aside after three tries."""
    found = asyncio.run(_list(read_settings()))
    if not found:
        console.print("Nothing is set aside.")
        return
    table = Table("number", "update", "kind", "received (UTC)", "error", box=None)
    for each in found:
        at = each.received_at.strftime("%Y-%m-%d %H:%M:%S")
        table.add_row(str(each.seq), str(each.update_id), each.kind, at, each.error)
    Console(width=160).print(table)


async def _list(settings: Settings) -> list[SetAside]:
    async with Database.open(settings.database) as database, database.reading() as session:
        return await aside.list_all(session)


def show(
    number: Number,
    raw: Annotated[
        bool, typer.Option("--raw", help="With all that people wrote; goes into the audit log.")
    ] = False,
) -> None:
    """Show how a set-aside update is built, without personal data."""
    found = asyncio.run(_find(read_settings(), number, raw=raw))
    content = json.loads(found.body) if raw else found.masked()
    print(json.dumps(content, ensure_ascii=False, indent=2))  # noqa: T201 - this is the output


async def _find(settings: Settings, number: int, *, raw: bool) -> SetAside:
    async with Database.open(settings.database) as database, database.writing() as session:
        found = await aside.find(session, number)
        if found is None:
            raise Refused(_unknown(number))
        if raw:
            # Written down before anybody has seen it.
            detail = {"number": number}
            audit.add(session, "show raw update", by=None, at=_now(), detail=detail)
        return found


def replay(
    number: Annotated[int | None, typer.Argument(help="One number, or --all.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that is set aside.")] = False,
) -> None:
    """Let the running bot process set-aside updates once more."""
    if (number is None) == (not everything):
        raise Refused("name one number, or --all.")
    replayed = asyncio.run(_replay(read_settings(), number))
    console.print(f"{replayed} to be processed again by the running bot.")


async def _replay(settings: Settings, number: int | None) -> int:
    async with Database.open(settings.database) as database, database.writing() as session:
        found = [each.seq for each in await aside.list_all(session) if number in (None, each.seq)]
        if number is not None and not found:
            raise Refused(_unknown(number))
        aside.replay(session, found)
        audit.add(session, "replay", by=None, at=_now(), detail={"numbers": found})
    return len(found)


def _unknown(number: int) -> str:
    return f"nothing is set aside under the number {number}. See `palanta inbox list`."


def backup(file: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Copy the database into one verified file; the bot may run meanwhile."""
    size = asyncio.run(backups.back_up(read_settings().database, file, at=_now()))
    console.print(f"{file}: {size / 1e6:.1f} MB, verified.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `palanta backup` wrote.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Although the database is not empty.")
    ] = False,
) -> None:
    """Put a backup in the database's place. The bot must not run."""
    findings = asyncio.run(_restore(read_settings(), file, replace=replace))
    _tell(findings)


async def _restore(settings: Settings, file: Path, *, replace: bool) -> list[Finding]:
    kept = await backups.restore(settings.database, file, replace=replace, at=_now())
    async with Database.open(settings.database) as database, database.writing() as session:
        audit.add(session, "restore", by=None, at=_now(), detail={"replaced": kept is not None})
    if kept:
        console.print(f"What was there before is kept: {kept}.", soft_wrap=True)
    return await checks.database(settings.database)


def migrate(
    to: Annotated[str, typer.Option(help="The empty database to move to: postgresql://…")],
) -> None:
    """Move everything to another database, compared row by row. The bot must not run."""
    url = read_settings().database
    contents = asyncio.run(transfer.move(url, to, progress=_count_up))
    table = Table("table", "rows", "checksum of both", box=None)
    for content in contents:
        table.add_row(content.table, str(content.rows), content.checksum[:16])
    Console(width=100).print(table)
    console.print("Both sides are the same. Now set PALANTA_DATABASE to the new one.")


def _count_up(table: str, rows: int) -> None:
    if console.is_terminal:
        console.print(f"{table}: {rows}", end="\r")


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="For machines.")] = False,
) -> None:
    """Look at everything that the bot needs, and say what to do. Exit 1 if something is wrong."""
    try:
        findings = asyncio.run(checks.examine(read_settings(), now=_now()))
    except SettingsError as error:
        findings = [Finding("settings", False, str(error))]
    _tell(findings, as_json=as_json)


def _tell(findings: list[Finding], *, as_json: bool = False) -> None:
    wrong = not all(finding.ok for finding in findings)
    if as_json:
        told = {"ok": not wrong, "checks": [finding._asdict() for finding in findings]}
        print(json.dumps(told, indent=2))  # noqa: T201 - this is the output
    else:
        for finding in findings:
            mark = "ok   " if finding.ok else "WRONG"
            print(f"{mark} {finding.name}: {finding.said}")  # noqa: T201 - this is the output
    if wrong:
        raise typer.Exit(1)


def retention(
    apply: Annotated[bool, typer.Option("--apply", help="Do it now.")] = False,
) -> None:
    """Show what has reached the end of its term; a running bot forgets it every ten minutes."""
    settings = read_settings()
    gone = asyncio.run(_sweep(settings, apply=apply))
    held, set_aside, processed, delivered = gone.rows
    table = Table("what", "kept for", "forgotten" if apply else "due", box=None)
    table.add_row("sent without consent", "24 hours", str(held))
    table.add_row("set aside", "30 days", str(set_aside))
    table.add_row("processed updates", "48 hours", str(processed))
    table.add_row("delivered messages", "7 days", str(delivered))
    table.add_row("files of exports", "24 hours", str(gone.files))
    Console(width=80).print(table)


async def _sweep(settings: Settings, *, apply: bool) -> sweep.Forgotten:
    act = sweep.sweep if apply else sweep.look
    async with Database.open(settings.database) as database:
        return await act(database, exports_folder(settings.folder), now=_now())


def _now() -> datetime:
    return datetime.now(UTC)
