"""All the SQL of widgets: where a client may show them, who has a seat, what a profile is made of."""

from __future__ import annotations

from typing import Any

from changeover.database.connection import Connection, Database
from changeover.database.queries import beside
from changeover.widgets.tokens import Pass

queries = beside(__file__)
Row = dict[str, Any]


async def _all(conn: Connection, query: str, **at: Any) -> list[Row]:
    return await (await conn.execute(query, at)).fetchall()


async def _one(conn: Connection, query: str, **at: Any) -> Row | None:
    rows = await _all(conn, query, **at)
    return rows[0] if rows else None


async def client(db: Database, company: int, vendor: int, client_id: int) -> Row | None:
    """The name and the registered origins of a client, or of a vendor's application (``vendor`` not 0)."""
    if not vendor:
        async with db.company(company) as conn:
            return await _one(conn, queries.client, company=company, client=client_id)
    # In two transactions, for they are two tenants' rows.
    async with db.company(vendor) as conn:
        return await _one(conn, queries.vendors_application, vendor=vendor, application=client_id)


async def integration(conn: Connection, company: int, vendor: int, application: int) -> str | None:
    """The employer's word on a vendor's application: requested, enabled, disabled; None where it never asked."""
    row = await _one(conn, queries.integration, company=company, vendor=vendor, application=application)
    return str(row["state"]) if row else None


async def request(conn: Connection, company: int, vendor: int, application: int) -> int | None:
    """The number of a vendor's wish to be the ATS of a company, or None."""
    row = await _one(conn, queries.integration, company=company, vendor=vendor, application=application)
    return int(row["request_id"]) if row else None


async def is_company(conn: Connection, company: int) -> bool:
    """Whether there is such a company."""
    return await _one(conn, queries.is_company, company=company) is not None


async def seat(conn: Connection, company: int, contract: int, email: str) -> Row | None:
    """The seat of this address: name, admin, and what the contract is called; None if there is none."""
    return await _one(conn, queries.seat, company=company, contract=contract, email=email)


async def applied(conn: Connection, company: int, application: int) -> Row | None:
    """An application with its posting's text and its form, and how many applied there; None if there is none."""
    return await _one(conn, queries.applied, company=company, application=application)


async def others(conn: Connection, company: int, application: int) -> list[Row]:
    """What else the same person has applied for at this employer, the newest first."""
    return await _all(conn, queries.others, company=company, application=application)


async def files(conn: Connection, company: int, application: int) -> list[Row]:
    """An application's files; ``words`` is None where nobody has read them yet."""
    return await _all(conn, queries.files, company=company, application=application)


async def file(conn: Connection, company: int, application: int, file_id: int) -> Row | None:
    """One file of an application with its content."""
    return await _one(conn, queries.file, company=company, application=application, file=file_id)


async def keep_words(conn: Connection, company: int, file_id: int, words: str) -> None:
    """Keep what a file says beside it."""
    await conn.execute(queries.keep_words, {"company": company, "file": file_id, "words": words})


async def sign(conn: Connection, told: Pass, application: int | None) -> str:
    """A text that changes when what a widget shows does."""
    at = {"company": told.company_id, "contract": told.contract_id, "email": told.email}
    row = (
        await _one(conn, queries.choices_sign, **at)
        if application is None
        else await _one(conn, queries.sign, application=application, **at)
    )
    return str(row["sign"]) if row else ""


async def vendors_of(conn: Connection, company: int) -> list[Row]:
    """The vendors' applications that ask to speak for a company."""
    return await _all(conn, queries.vendors_of, company=company)
