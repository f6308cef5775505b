"""Invented companies of any size, both sides of them: most jobs told alike, some reworded, some without a twin."""

from __future__ import annotations

import random

import pyarrow as pa

from changeover.match.intake import FIELDS

_LEVELS = ("Senior", "Junior", "Lead", "Principal", "Assistant", "Regional", "Night", "Clinical", "Digital", "")
_WORDS = """Data Retail Network Payroll Marine Solar Dental Legal Freight Mining Crop Bridge Glass Paper Timber Textile
Dairy Brewery Hotel Airport Harbor Rail Transit Museum Library Forest Pension Claims Tax Tooling Welding Paint
Packaging Fleet Drone Radar Optics Battery Turbine Pipeline Survey Census Tender Vendor Pricing Fraud Credit Mortgage
Leasing Escrow Notary Casting Laser Sonar Labeling Warehouse Poultry Bakery Wafer Tunnel"""
_FIELDS = _WORDS.split()
_TRADE_WORDS = """Engineer Analyst Manager Nurse Driver Clerk Technician Planner Buyer Scientist Designer Inspector
Operator Mechanic Supervisor Coordinator Consultant Architect Developer Trainer Recruiter Attorney Chemist
Pharmacist Electrician Plumber Carpenter Cook Baker"""
_TRADES = _TRADE_WORDS.split()
_PLACES = ("Austin, TX", "Boston, MA", "Chicago, IL", "Denver, CO", "Seattle, WA", "Phoenix, AZ", "Atlanta, GA",
           "Berlin, Germany", "Munich, Germany", "Paris, France", "Lyon, France", "London, UK", "Oslo, Norway",
           "Madrid, Spain", "Milan, Italy", "Toronto, Canada", "Remote", "Vienna, Austria", "Dublin, Ireland",
           "Warsaw, Poland", "Lisbon, Portugal", "Tokyo, Japan", "Singapore")  # fmt: skip
Rows = list[dict[str, str]]


def company(count: int, seed: int, group: str = "") -> tuple[Rows, Rows]:
    """``count`` legacy jobs and their ATS twins, of which 70 % are told alike and 5 % are not there."""
    rnd = random.Random(seed)
    return sides([opening(rnd, f"{seed}-{nth}", group) for nth in range(count)])


def sides(openings: list[tuple[dict[str, str], dict[str, str] | None]]) -> tuple[Rows, Rows]:
    """Openings as the jobs of either side."""
    return [legacy for legacy, _ in openings], [ats for _, ats in openings if ats is not None]


def opening(rnd: random.Random, key: str, group: str = "") -> tuple[dict[str, str], dict[str, str] | None]:
    """A legacy job and its ATS twin, if it has one."""
    title = f"{rnd.choice(_LEVELS)} {rnd.choice(_FIELDS)} {rnd.choice(_TRADES)}".strip()
    place, number = rnd.choice(_PLACES), rnd.randrange(10**5, 10**6)
    legacy = {"group": group, "id": f"l{key}", "title": title, "location": place, "employer_job_id": f"R-{number}"}
    ats = {**legacy, "id": f"a{key}"}
    chance = rnd.random()
    if chance >= 0.95:
        return legacy, None
    if chance >= 0.85:
        reworded = (
            f"{title} ({place})",
            ", ".join(reversed(title.split(" ", 1))),
            f"{title} - {rnd.choice(_FIELDS)} team",
        )
        ats |= {"title": rnd.choice(reworded), "employer_job_id": ""}
    elif chance >= 0.7:
        ats["employer_job_id"] = f"REQ{number}-1"
    return legacy, ats


def table(rows: Rows) -> pa.Table:
    """The jobs as a table to match."""
    named = [name for name in FIELDS if any(name in row for row in rows)]
    return pa.table({name: pa.array([row.get(name) or None for row in rows], pa.string()) for name in named})
