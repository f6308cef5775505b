"""Commands for the jobs that the wire told: job flag, job unflag."""

from __future__ import annotations

from typing import Annotated

import typer

from changeover.app import Program
from changeover.apply_connect.deciding import FLAGS
from changeover.apply_connect.wire_api import flagged
from changeover.cli.session import (
    WHO,
    CompanyArgument,
    DatabaseOption,
    DataOption,
    Stop,
    company_id,
    or_stop,
    with_program,
)
from changeover.cli.shown import tell
from changeover.refusal import Refusal

job = typer.Typer(help="Jobs that an ATS told over the Apply Connect wire.", no_args_is_help=True)
JobArgument = Annotated[str, typer.Argument(help="The ATS's own id of the job.")]
WhyOption = Annotated[str, typer.Option(help="Why, for the history.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.add_typer(job, name="job")


@job.command("flag")
def job_flag(
    company: CompanyArgument,
    which: JobArgument,
    flag: Annotated[str, typer.Argument(help="MEMBER_REPORTED or CUSTOMER_EXCLUDED.")],
    why: WhyOption = "",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Take a job from the board: reported until the ATS tells it again, excluded until the flag is taken back.

    Example: changeover job flag "Ferrous & Sons" R-4711 MEMBER_REPORTED
    """
    if flag not in FLAGS:
        raise Stop(f"Nothing was done: there is no flag {flag}. There are: {', '.join(FLAGS)}.")
    _flag(company, which, flag, why, database, data)


@job.command("unflag")
def job_unflag(
    company: CompanyArgument,
    which: JobArgument,
    why: WhyOption = "",
    database: DatabaseOption = None,
    data: DataOption = None,
) -> None:
    """Give a flagged job back to the board.

    Example: changeover job unflag "Ferrous & Sons" R-4711
    """
    _flag(company, which, "", why, database, data)


def _flag(company: str, which: str, flag: str, why: str, database: DatabaseOption, data: DataOption) -> None:
    async def work(program: Program) -> Refusal | str:
        cid = await company_id(program, company)
        return await flagged(program.flow, cid, which, flag, why, who=WHO)

    tell(or_stop(with_program(work, database=database, data=data)))
