"""The ``palanta`` command: the one place that wires everything together."""

import errno
import json
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
import uvloop
from rich.console import Console
from rich.progress import Progress

from bot import app as bot_app
from bot import demo as demonstration
from bot import logs, operate
from bot.handlers.roles import link
from bot.settings import Settings, SettingsError, read_settings
from classifier import (
    Classifier,
    ClassifierError,
    classify_lines,
    evaluate,
    load_or_train,
    load_taxonomy,
    read_examples,
    train,
)
from planning import export as exports
from planning.filters import FilterError, read_filter
from simulator import TOKEN, serve
from storage import areas, audit, invitations
from storage.database import Database
from storage.errors import DatabaseUnavailable, DatabaseUnusable, Refused
from storage.models import RoleName

app = typer.Typer(
    help="Palanta collects a city's ideas in Telegram and turns them into its plan.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
console = Console(stderr=True)


@app.command()
def run() -> None:
    """Run the bot. Settings come from the environment: PALANTA_TOKEN, PALANTA_DATABASE …"""
    logs.configure()
    with _said_plainly():
        settings = read_settings()
        _ = settings.bot_token
        _start(_run(settings, _classifier(settings)))


async def _run(settings: Settings, classifier: Classifier) -> None:
    await bot_app.run(settings, classifier, stop=bot_app.stop_on_signals())


@app.command()
def demo(
    once: Annotated[bool, typer.Option(help="Play the afternoon, check it, and end.")] = False,
    port: Annotated[int, typer.Option(help="Port of the chat page.")] = 8081,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its things.")] = Path(
        ".palanta/demo"
    ),
) -> None:
    """Show the bot at work: a Telegram of our own, a chat page, and a sample afternoon."""
    logs.configure()
    with _said_plainly():
        classifier = _classifier(read_settings())
        story = demonstration.play_once if once else demonstration.show
        _start(story(classifier, folder=folder, port=0 if once else port))


@app.command()
def simulator(
    port: Annotated[int, typer.Option(help="Port to listen on, 127.0.0.1 only.")] = 8081,
    token: Annotated[str, typer.Option(help="The token a bot must have.")] = TOKEN,
) -> None:
    """Run the simulated Telegram alone, for a bot that is started apart."""
    console.print(f"Simulated Telegram: http://127.0.0.1:{port}")
    _start(serve("127.0.0.1", port, token))


@app.command()
def classify() -> None:
    """Classify JSON lines {"id", "text"} from standard input, in order."""
    with _said_plainly():
        for line in classify_lines(_classifier(read_settings()), sys.stdin):
            print(line, flush=True)  # noqa: T201 - this is the output


@app.command(name="evaluate")
def evaluate_command(
    files: Annotated[list[Path], typer.Argument(help="JSON lines with text, topic, intent.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print figures, not a table.")] = False,
) -> None:
    """Measure the classifier on labelled texts, beside its baselines."""
    with _said_plainly():
        examples = [example for file in files for example in read_examples(file)]
        evaluation = evaluate(_classifier(read_settings()), examples)
        said = json.dumps(evaluation.figures(), indent=2) if as_json else evaluation.table()
        print(said)  # noqa: T201 - this is the output


@app.command(name="train")
def train_command(
    extra: Annotated[
        Path | None, typer.Option(help="A city's own labelled texts, as JSON lines.")
    ] = None,
) -> None:
    """Train the classifier anew and keep it."""
    with _said_plainly():
        folder = model_folder(read_settings())
        if extra is not None:
            read_examples(extra)
        classifier = train(extra=extra)
        classifier.save(folder / f"{classifier.id}.skops")
        console.print(f"Trained {classifier.id}.")


@app.command()
def export(
    out: Annotated[Path, typer.Option(help="Folder for the ZIP.")],
    filters: Annotated[
        list[str] | None, typer.Argument(help="e.g. dimensi:mobilitas dari:2026-01-01")
    ] = None,
) -> None:
    """Export the tagged pool, the same files as /export in chat."""
    with _said_plainly():
        _start(_export(read_settings(), out, filters or []))


async def _export(settings: Settings, out: Path, words: list[str]) -> None:
    taxonomy = load_taxonomy()
    chosen = read_filter(words, taxonomy=taxonomy, timezone=settings.timezone)
    city = exports.City(settings.code_prefix, settings.timezone, taxonomy)
    with Progress(console=console, transient=True) as bar:
        task = bar.add_task("Exporting", total=None)

        async def show(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        async with Database.open(settings.database) as database:
            async with database.reading() as session:
                made = await exports.make(
                    session,
                    out / "usulan.zip",
                    order=exports.Order(chosen, words),
                    city=city,
                    progress=show,
                )
            async with database.writing() as session:
                detail = {"filter": words, "ideas": made.total}
                audit.add(session, "export", by=None, at=bot_app.utc_now(), detail=detail)
    console.print(f"{made.total} ideas in {made.path}")


@app.command()
def invite(
    role: Annotated[RoleName, typer.Argument(help="The role to give.")],
    area: Annotated[str | None, typer.Option(help="Code of the area, e.g. 13.71.09.1001.")] = None,
) -> None:
    """Make an invitation link; this is how the first admin comes in."""
    logs.configure()
    with _said_plainly():
        _start(_invite(read_settings(), role, area))


async def _invite(settings: Settings, role: RoleName, area: str | None) -> None:
    found = areas.find(area) if area else []
    if area and len(found) != 1:
        raise SettingsError(f"--area: no area has the code {area}.")
    username = await bot_app.ask_username(settings)
    async with Database.open(settings.database) as database, database.writing() as session:
        now = bot_app.utc_now()
        code = found[0].code if found else None
        token = invitations.add(session, role, area=code, by=None, at=now)
        audit.add(session, "invite", by=None, at=now, detail={"role": role, "area": code})
    print(link(username, token))  # noqa: T201 - this is the output


def model_folder(settings: Settings) -> Path:
    """Make the folder first: nobody should wait for the training to hear that it cannot be."""
    folder = settings.folder / "models"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = f"PALANTA_FOLDER: cannot use {settings.folder}: {error.strerror}."
        raise SettingsError(reason) from None
    return folder


def _classifier(settings: Settings) -> Classifier:
    return load_or_train(model_folder(settings), progress=console.print)


def _start(main: Coroutine[Any, Any, None]) -> None:
    uvloop.run(main)


@contextmanager
def _said_plainly() -> Iterator[None]:
    """Turn what an operator can mend into one sentence, and everything else into a traceback."""
    try:
        yield
    except* (SettingsError, ClassifierError, Refused) as group:
        _give_up(str(_first(group)))
    except* DatabaseUnusable as group:
        error = _first(group)
        _give_up(f"PALANTA_DATABASE: cannot use {error}.")
    except* OSError as group:
        if getattr(_first(group), "errno", None) != errno.EADDRINUSE:
            raise
        _give_up("The port is taken by another program. Choose one with --port.")
    except* DatabaseUnavailable as group:
        _give_up(f"The database cannot be written now: {_first(group)}.")
    except* FilterError as group:
        _give_up(f"Filter not understood: {_first(group)}.")


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _give_up(sentence: str) -> None:
    console.print(f"palanta: {sentence}", style="bold", highlight=False, soft_wrap=True)
    raise typer.Exit(2)


operate.add_commands(app, told=_said_plainly)
