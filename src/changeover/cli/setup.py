"""changeover setup: an employer's two sides tried together and told; added at a word."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from changeover import acts, adding
from changeover.app import Program
from changeover.cli.reading import Asked, read_sources
from changeover.cli.session import (
    WHO,
    DatabaseOption,
    DataOption,
    JsonOption,
    Stop,
    YesOption,
    named,
    or_stop,
    with_program,
)
from changeover.cli.shown import say, show, tell
from changeover.dry_run.trying import match, told
from changeover.ids import new_ids
from changeover.job import Lane
from changeover.migration import store as migrations
from changeover.settings import Settings, load
from changeover.sources.address import url_flaw
from changeover.sources.fetch_rules import fetch_rules
from changeover.sources.source import Completeness
from changeover.wording import plural

_NAMES = {Lane.LEGACY: "Old source", Lane.ATS: "ATS"}
_ROWS = 10


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("setup")(setup)


def setup(
    name: Annotated[str, typer.Argument(help="The company's name.")],
    legacy: Annotated[str, typer.Argument(help="Where its jobs are today: the address of a career site or a feed.")],
    ats: Annotated[str, typer.Argument(help="Where its ATS shows them, if that is known.")] = "",
    ats_name: Annotated[str, typer.Option("--ats", help="What its ATS is called; recognised otherwise.")] = "",
    activate: Annotated[bool, typer.Option("--activate", help="With --yes: begin the migration at once.")] = False,
    yes: YesOption = False,
    json: JsonOption = False,
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Read an employer's old source and its ATS once, match them, and say what would happen; with --yes, add it.

    Example: changeover setup "Ferrous & Sons" https://careers.example.org/ https://boards.greenhouse.io/ferrous
    """
    name = named(name, "a company")
    for address in filter(None, (legacy, ats)):
        if wrong := url_flaw(address):
            files = " Files are added by `company add` and `source add`." if "://" not in address else ""
            raise Stop(f"Nothing was read: {wrong.sentence}{files}")
    if activate and not (yes and ats):
        raise Stop("Nothing was done: --activate needs --yes, and an ATS to move to.")
    settings = load(database_url=database, data=data)
    sides = {lane: address for lane, address in ((Lane.LEGACY, legacy), (Lane.ATS, ats)) if address}
    found = _found(settings, sides)
    if json and not yes:
        show(found)
    elif not json:
        for sentence in summary(name, sides, found):
            tell(sentence)
    if not all(_usable(found[lane]) for lane in sides):
        raise Stop("Nothing was added: a side could not be read.", 2)
    if not yes:
        say("Nothing was added. Say --yes to add the company with these sources.")
        return
    made = with_program(
        lambda program: _add(program, name, ats_name or _recognised(found), sides, found, activate=activate),
        database=database,
        data=data,
    )
    show({"company": made, **found}) if json else say(
        f"Added as {made}: its sources are read as soon as a worker runs."
    )


def _found(settings: Settings, sides: dict[Lane, str]) -> dict[str, Any]:
    """What each side says, by lane, and the match."""
    asked = [Asked(address, None, _NAMES[lane]) for lane, address in sides.items()]
    readings = dict(zip(map(str, sides), read_sources(asked, fetch_rules(settings)), strict=True))
    return {**{lane: told(reading) for lane, reading in readings.items()}, "match": match(readings, None)}


def _usable(side: dict[str, Any]) -> bool:
    return bool(side["completeness"] != Completeness.FAILED)


def _recognised(found: dict[str, Any]) -> str:
    return str(found.get(Lane.ATS, {}).get("kind", ""))


def summary(name: str, sides: dict[Lane, str], found: dict[str, Any]) -> list[str]:
    """The dry run in a few lines of plain text, to be sent to somebody."""
    lines = [f"{name}: what a dry run found", ""]
    for lane, address in sides.items():
        side = found[lane]
        jobs = "could not be read" if not _usable(side) else f"{plural(side['jobs'], 'job')}, {side['completeness']}"
        lines.append(f"{_NAMES[lane]} ({side['kind'] or 'not recognised'}): {jobs}. {address}")
        lines += [f"  {problem['sentence']}" for problem in side["problems"]]
    matched = found["match"]
    if matched is None:
        return lines
    if "refused" in matched:
        return [*lines, "", matched["refused"]]
    lines += [
        "",
        f"{plural(matched['paired'], 'job')} would match, {matched['doubtful']:,} a person would be asked about, "
        f"{matched['legacy_only']:,} are only at the old source, {matched['ats_only']:,} only in the ATS.",
    ]
    left = [row for row in matched["rows"] if row["decision"] != "paired"][:_ROWS]
    lines += [f"  {_job(row)}: {row['reason'].replace('*', '')} {row['fix'] or ''}".rstrip() for row in left]
    more = sum(matched[kind] for kind in ("suggested", "legacy_only", "ats_only")) - len(left)
    return [*lines, f"  and {more:,} more"] if more > 0 else lines


def _job(row: dict[str, Any]) -> str:
    titles = [title for title in (row["legacy_title"], row["ats_title"]) if title]
    return " / ".join(titles) or "A job without a title"


async def _add(
    program: Program, name: str, ats_name: str, sides: dict[Lane, str], found: dict[str, Any], *, activate: bool
) -> int:
    async with program.db.operator() as conn:
        others = await migrations.called(conn, name)
    if others:
        raise Stop(f"Nothing was added: {name} is here already, as {others[0]}. Give it its sources with `source add`.")
    every = program.settings.read_every_minutes
    sources = [
        adding.NewSource(address, found[lane]["kind"], lane, every_minutes=every) for lane, address in sides.items()
    ]
    made = new_ids()
    await adding.set_up(program.flow, made, name, ats_name, sources, who=WHO)
    if activate:
        or_stop(await acts.activate(program.flow, made, who=WHO))
    return made
