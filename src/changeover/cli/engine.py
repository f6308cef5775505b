"""How a match runs: in this process, or on a Spark that the user has."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from changeover.cli.match import Engine
from changeover.cli.session import Stop
from changeover.match.board import match_spark
from changeover.match.outcome import COLUMNS
from changeover.match.pairing import pair
from changeover.match.weights import UnusableWeights, Weights, own_weights

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Spark's own client tries for many minutes; who mistyped an address should not wait for that.
_PATIENCE = 10.0
_ORDER = pa.array(["paired", "review", "legacy_only", "ats_only"])


@dataclass(frozen=True, slots=True)
class How:
    """What a person asked for: the engine, the address of their Spark, and weights other than the shipped ones."""

    engine: Engine
    remote: str
    weights: Weights | None = None


def chosen_weights(path: Path | None) -> Weights | None:
    """The weights of a file that ``changeover train`` wrote; ends the command where it is no such file."""
    try:
        return own_weights(path) if path else None
    except UnusableWeights as problem:
        raise Stop(str(problem)) from None


def paired(how: How, legacy: pa.Table, ats: pa.Table, decisions: pa.Table | None) -> pa.Table:
    """The jobs of both sides paired (pairing.pair); the same rows whatever the engine.

    Raises Stop where Spark is asked for and is not installed, not named or does not answer.
    """
    if how.engine is Engine.LOCAL:
        if how.remote:
            raise Stop("--remote names a Spark, and the match would run here; add --engine spark.")
        return pair(legacy, ats, decisions, how.weights)
    found = _on_spark(how, legacy, ats, decisions)
    ordered = found.append_column("order", pc.index_in(found.column("decision"), _ORDER))
    by = [(name, "ascending") for name in ("order", "group", "legacy_id", "ats_id")]
    names = COLUMNS if "group" not in {*legacy.column_names, *ats.column_names} else ("group", *COLUMNS)
    return ordered.sort_by(by).select(names)


def _on_spark(how: How, legacy: pa.Table, ats: pa.Table, decisions: pa.Table | None) -> pa.Table:
    spark = _session(how.remote)
    from pyspark.errors import PySparkException

    try:
        return match_spark(spark, legacy, ats, decisions, how.weights).toArrow()
    except PySparkException as problem:
        lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
        raise Stop(f"Spark could not match: {lines[-1]} Its workers need the same version of changeover.") from problem
    finally:
        spark.stop()


def _session(remote: str) -> SparkSession:
    address = urlsplit(remote)
    if address.scheme != "sc" or not address.hostname:
        raise Stop("Name the Spark to run on, as in --remote sc://spark.example.com:15002")
    try:
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise Stop("Spark's client is not installed. Install it with: pip install 'changeover[spark]'") from missing
    try:
        socket.create_connection((address.hostname, address.port or 15002), _PATIENCE).close()
    except OSError as problem:
        raise Stop(f"{remote} does not answer ({problem}). Check the address and that Spark Connect runs.") from None
    session: SparkSession = SparkSession.builder.remote(remote).getOrCreate()
    return session
