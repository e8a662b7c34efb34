"""The command tree, the global options, and how errors become exit codes."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from pathlib import Path
from typing import Annotated

import typer

from digest.cli import (
    backfill,
    backup,
    bounces,
    check,
    cron,
    demo,
    diff,
    editions,
    emerging,
    export,
    feeds,
    ingest,
    init,
    keys,
    lint,
    marks,
    papers,
    preview,
    rejected,
    restore,
    schedule,
    send,
    serve,
    similar,
    sources,
    subscribers,
    topics,
    trend,
    worker,
)
from digest.cli.run import run as run_scheduler
from digest.cli.state import State, parse_moment
from digest.errors import DigestError

app = typer.Typer(
    name="digest",
    help="New papers, grouped by topic and ranked by trend, as mail, feeds and pages.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    pretty_exceptions_enable=False,
    epilog="Global options may stand anywhere. Exit codes: 0 done, 1 error, 2 usage, "
    "3 done but a source failed or something was set aside.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from digest import __version__

        typer.echo(f"digest {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    site: Annotated[
        Path, typer.Option(help="The site's folder.", envvar="DIGEST_SITE", show_default="this folder")
    ] = Path(),
    database: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL instead of the site's.", show_default=False)
    ] = None,
    now: Annotated[
        str | None,
        typer.Option(help="Do as if it were then: 2026-11-20, or 2026-11-20T08:00Z.", show_default=False),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on standard output.")] = False,
    verbose: Annotated[int, typer.Option("--verbose", "-v", count=True, help="Say more.", show_default=False)] = 0,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only errors and results.")] = False,
    _: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False,
) -> None:
    """Read the global options once, for every command."""
    context.obj = State(
        folder=site,
        database=database,
        moment=now,
        json=json,
        verbosity=-1 if quiet else verbose,
    )
    if now is not None:
        parse_moment(now)


app.command("ingest")(ingest.ingest)
app.command("backfill")(backfill.backfill)
app.command("sources")(sources.sources)
app.command("rejected")(rejected.rejected)
app.command("papers")(papers.papers)
app.command("publish")(editions.publish)
editions.app.command("diff")(diff.diff)
app.add_typer(editions.app, name="editions")
app.command("preview")(preview.preview)
app.command("feeds")(feeds.feeds)
app.command("lint")(lint.lint)
app.command("export")(export.export)
app.add_typer(topics.app, name="topics")
app.add_typer(trend.app, name="trend")
app.command("similar")(similar.similar)
app.command("emerging")(emerging.emerging)
app.add_typer(subscribers.app, name="subscribers")
app.add_typer(marks.app, name="marks")
app.command("send")(send.send)
app.add_typer(bounces.app, name="bounces")
app.add_typer(keys.app, name="keys")
app.command("run")(run_scheduler)
app.command("worker")(worker.worker)
app.command("serve")(serve.serve)
app.command("schedule")(schedule.schedule)
app.command("cron")(cron.cron)
app.command("backup")(backup.backup)
app.command("restore")(restore.restore)
app.command("check")(check.check)
app.command("init")(init.init)
app.command("demo")(demo.demo)


def run(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code."""
    try:
        code = _tree_of(arguments)(args=list(arguments), prog_name="digest", standalone_mode=False)
    except typer.Exit as leaving:
        return leaving.exit_code
    except typer.Abort:
        return 130
    except DigestError as error:
        return _fail(str(error), 1)
    except Exception as error:
        usage = getattr(error, "format_message", None)
        if usage is None:
            raise
        if _is_help(error, usage()):
            typer.echo(usage(), err=True)
            return 2
        return _fail(f"{usage()} (see `{_command_of(error)} --help`)", getattr(error, "exit_code", 2))
    return code if isinstance(code, int) else 0


def _tree_of(arguments: Sequence[str]) -> typer.Typer:
    """The tree without the commands that no word names: to build all of them takes as long as to run a small one."""
    tree = copy(app)
    tree.registered_commands = [command for command in app.registered_commands if command.name in arguments]
    tree.registered_groups = [group for group in app.registered_groups if group.name in arguments]
    return tree if tree.registered_commands or tree.registered_groups else app


def _is_help(error: Exception, said: str) -> bool:
    """Whether nothing is wrong but that a command was left out: then its help is what is said, line by line."""
    context = getattr(error, "ctx", None)
    return context is not None and said == context.get_help()


def _command_of(error: Exception) -> str:
    context = getattr(error, "ctx", None)
    return context.command_path if context else "digest"


def _fail(message: str, code: int) -> int:
    typer.echo(f"digest: {' '.join(message.split())}", err=True)
    return code
