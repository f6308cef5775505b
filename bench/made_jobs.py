"""Made-up jobs of both sides for the speed benches: exact, id reformatted, title reworded, missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

LEVELS = ["", "Senior ", "Junior ", "Lead ", "Staff ", "Principal "]
FIELDS = [
    "Data",
    "Software",
    "Mechanical",
    "Electrical",
    "Sales",
    "Marketing",
    "Finance",
    "Supply Chain",
    "Security",
    "Payroll",
    "Quality",
    "Process",
    "Network",
    "Cloud",
    "Clinical",
    "Safety",
    "Product",
    "Facilities",
]
ROLES = ["Engineer", "Analyst", "Manager", "Specialist", "Technician", "Coordinator", "Consultant", "Architect"]
TEAMS = [
    "Payments",
    "Search",
    "Logistics",
    "Growth",
    "Platform",
    "Billing",
    "Robotics",
    "Imaging",
    "Retail",
    "Energy",
    "Mobile",
    "Insights",
    "Onboarding",
    "Fraud",
    "Pricing",
    "Catalog",
    "Fleet",
    "Claims",
    "Identity",
    "Storage",
]
CITIES = [
    "Austin, TX",
    "Denver, CO",
    "Seattle, WA",
    "Boston, MA",
    "Chicago, IL",
    "Atlanta, GA",
    "Miami, FL",
    "Toronto, ON",
    "London, United Kingdom",
    "Berlin, Germany",
    "Paris, France",
    "Madrid, Spain",
    "Phoenix, AZ",
    "Portland, OR",
    "Dallas, TX",
    "Houston, TX",
    "San Jose, CA",
    "New York, NY",
    "Raleigh, NC",
    "Dublin, Ireland",
]


@dataclass(frozen=True, slots=True)
class Made:
    """Both sides with ``group``, and the true pairs as ``legacy_id``, ``ats_id``."""

    legacy: pl.DataFrame
    ats: pl.DataFrame
    truth: pl.DataFrame


def made(jobs: int, companies: int, seed: int = 7) -> Made:
    """``jobs`` jobs a side in ``companies`` companies: 70 % exact, 15 % id reformatted, 10 % reworded, 5 % missing.

    A reworded job has no employer job id in the ATS; a missing one has no twin, and the ATS has another instead.
    """
    rng = np.random.default_rng(seed)
    number = np.arange(jobs)
    kind = rng.choice(4, jobs, p=[0.70, 0.15, 0.10, 0.05])
    pick = {name: rng.integers(0, len(values), jobs) for name, values in _LISTS.items()}
    other = rng.integers(0, len(TEAMS), jobs)
    base = pl.DataFrame(
        {
            "nth": number,
            "kind": kind,
            "way": rng.integers(0, 4, jobs),
            "group": (number % companies).astype(np.int32),
            **{name: np.array(values, object)[pick[name]].tolist() for name, values in _LISTS.items()},
            "other": np.array(TEAMS, object)[other].tolist(),
        }
    ).with_columns(pl.format("c{}", "group").alias("group"), pl.format("R-{}", pl.col("nth") + 100_000).alias("number"))
    title = pl.format("{}{} {} - {}", "level", "field", "role", "team")
    legacy = base.select(
        "group", pl.format("L{}", "nth").alias("id"), title.alias("title"), pl.col("city").alias("location"),
        pl.col("number").alias("employer_job_id"),
    )  # fmt: skip
    return Made(legacy, _ats(base, title).sample(fraction=1.0, shuffle=True, seed=seed), _truth(base))


_LISTS = {"level": LEVELS, "field": FIELDS, "role": ROLES, "team": TEAMS, "city": CITIES}


def _ats(base: pl.DataFrame, title: pl.Expr) -> pl.DataFrame:
    digits = pl.col("number").str.slice(2)
    number = (
        pl.when(pl.col("kind") == 0).then(pl.col("number"))
        .when((pl.col("kind") == 1) & (pl.col("way") == 0)).then(pl.format("REQ-{}", digits))
        .when((pl.col("kind") == 1) & (pl.col("way") == 1)).then(pl.format("0000{}", digits))
        .when((pl.col("kind") == 1) & (pl.col("way") == 2)).then(pl.format("Job ID: r{}", digits))
        .when(pl.col("kind") == 1).then(pl.format("R{}-1", digits))
        .when(pl.col("kind") == 3).then(pl.format("R-{}", pl.col("nth") + 50_000_000))
    )  # fmt: skip
    reworded = (
        pl.when(pl.col("way") == 0).then(pl.format("{}{} {}, {}", "level", "field", "role", "team"))
        .when(pl.col("way") == 1).then(pl.format("{} - {}{} {}", "team", "level", "field", "role"))
        .when(pl.col("way") == 2).then(pl.format("{}{} {} ({}) - {}", "level", "field", "role", "team", "city"))
        .otherwise(pl.format("{}{} {} II - {} Team", "level", "field", "role", "team"))
    )  # fmt: skip
    fresh = pl.format("{} {} for {}", "role", "other", "field")
    said = pl.when(pl.col("kind") == 2).then(reworded).when(pl.col("kind") == 3).then(fresh).otherwise(title)
    return base.select(
        "group", pl.format("A{}", "nth").alias("id"), said.alias("title"), pl.col("city").alias("location"),
        number.alias("employer_job_id"),
    )  # fmt: skip


def _truth(base: pl.DataFrame) -> pl.DataFrame:
    return base.filter(pl.col("kind") != 3).select(
        pl.format("L{}", "nth").alias("legacy_id"), pl.format("A{}", "nth").alias("ats_id")
    )
