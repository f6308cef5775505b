"""changeover train: weights learned from labelled pairs, and how they do on companies they never saw."""

from __future__ import annotations

from functools import reduce
from operator import add
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from changeover.cli.output import check_writable, written
from changeover.cli.session import Stop
from changeover.cli.shown import say, table

if TYPE_CHECKING:
    from changeover.match.crossvalidation import Judged, Trained
    from changeover.match.training import Board

_VIEW = ("legacy.jsonl", "ats.jsonl", "truth.csv")


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("train")(train)


def train(
    labels: Annotated[
        list[Path],
        typer.Argument(
            help="Files of `changeover labels`, or folders with legacy.jsonl, ats.jsonl, truth.csv and, where there "
            "are jobs that nobody can tell apart, undecidable.csv."
        ),
    ],
    output: Annotated[Path, typer.Option(help="The file that is written.")] = Path("weights.toml"),
    precision: Annotated[
        float, typer.Option(min=0.5, max=1.0, help="What part of the pairs made without a person must be right.")
    ] = 0.995,
    folds: Annotated[int, typer.Option(min=3, max=10, help="How many parts the companies are dealt into.")] = 5,
) -> None:
    """Learn the weights of the match from pairs that are known; no database needed.

    Prints what the match would find and how much of it is right, by part of the companies: each part is judged by
    weights and thresholds that knew none of its companies. It learns 16 times with 5 parts, which takes minutes on
    thousands of pairs. Exit status: 0; 1 if the weights that were there before do as well; 2 if there is too little
    to learn from.

    Example: changeover train labels.jsonl --output weights.toml
    """
    check_writable(output)
    from changeover.match import crossvalidation
    from changeover.match.intake import UnusableJobs
    from changeover.match.weights import shipped_weights, write_weights

    boards = [_board(path) for path in labels]
    try:
        found = crossvalidation.train(boards, shipped_weights(), precision=precision, count=folds, progress=_progress)
    except UnusableJobs as refused:
        raise Stop(f"{refused.code}: {refused.sentence}") from None
    _tell(found)
    with written(output) as out:
        out.write(write_weights(found.weights))
    say(f"Written to {output}. Use it with `changeover match LEGACY ATS --weights {output}`.")
    if not _better(found, precision):
        raise Stop("The weights that come with Changeover do as well on these companies; keep those.", 1)


def _board(path: Path) -> Board:
    from changeover.match.intake import UnusableJobs
    from changeover.match.labels import installation, view
    from changeover.sources.encoding import decode

    try:
        if not path.is_dir():
            return installation(decode(path.read_bytes()))
        hard = path / "undecidable.csv"
        legacy, ats, truth = (decode((path / name).read_bytes()) for name in _VIEW)
        return view(legacy, ats, truth, decode(hard.read_bytes()) if hard.exists() else "")
    except FileNotFoundError as problem:
        raise Stop(
            f"There is no {problem.filename}; name a file of labels, or a folder with {', '.join(_VIEW)}."
        ) from None
    except OSError as problem:
        raise Stop(f"{path} cannot be read ({problem.strerror}); check it and its rights.") from None
    except UnusableJobs as refused:
        raise Stop(f"{path}: {refused.sentence}") from None


def _progress(done: int, every: int) -> None:
    say(f"Learning {done + 1} of {every} …" if done < every else "Judging …")


def _tell(found: Trained) -> None:
    rows = [(str(at), *_cells(judged)) for at, judged in enumerate(found.folds, 1)]
    rows.append(("all", *_cells(_pooled(found.folds))))
    rows.append(("all, weights before", *_cells(_pooled(found.before))))
    table(("part", "companies", "true pairs", "paired", "precision", "recall"), rows)


def _cells(judged: Judged) -> tuple[str, ...]:
    counts = (f"{number:,}" for number in (judged.companies, judged.true, judged.paired))
    return (*counts, f"{judged.precision:.4f}", f"{judged.recall:.4f}")


def _pooled(parts: tuple[Judged, ...]) -> Judged:
    return reduce(add, parts)


def _better(found: Trained, precision: float) -> bool:
    """Whether they keep the precision where the weights before do not, or find more at it."""
    new, old = _pooled(found.folds), _pooled(found.before)
    if (new.precision >= precision) != (old.precision >= precision):
        return new.precision >= precision
    return new.right > old.right
