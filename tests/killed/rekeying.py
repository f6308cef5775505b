"""The board's key being changed while it is killed: what programs and subscribers were given is sealed anew."""

from __future__ import annotations

from typing import Any

from changeover.apply_connect.auth import add_vendor
from changeover.database.connection import Database
from changeover.subscriptions import publishing
from changeover.webhooks import sealed
from changeover.webhooks.keys import Keys
from killed.child import KEYS, NEW_KEYS, NEWEST
from killed.killing import ask
from killed.receiving import Receiver
from program import World

_KEPT = """
select company_id, secret_id, key_id, sealed from derived_secret join sealed_secret using (company_id, secret_id)
where (company_id, secret_id) in (select * from unnest(%s::bigint[], %s::bigint[]))
"""
_IN_USE = "select company_id, secret_id from derived_secret join sealed_secret using (company_id, secret_id)"
_IN_USE += " where key_id = %s"


async def seal_anew(db: Database) -> None:
    await sealed.seal_anew(db, NEW_KEYS, lambda _so_far: None)


async def given(world: World, outside: Receiver) -> dict[str, Any]:
    """A subscriber's secret and two vendors', all of them under the key of before."""
    await seal_anew(world.db)
    await publishing.subscribe(world.db, KEYS, f"{outside.url}/rekeyed", ())
    for name in ("Vendor", "Another"):
        await add_vendor(world.db, KEYS, name)
    held = [(row["company_id"], row["secret_id"]) for row in ask(world, _IN_USE, KEYS.ids[0])]
    return {"company": 0, "held": [(*each, text) for each, text in _opened(world, held, KEYS).items()]}


def _opened(world: World, held: list[tuple[int, int]], keys: Keys) -> dict[tuple[int, int], str | None]:
    """What these keys open of what is held: the secret of each, None where they open none."""
    companies, secrets = ([each[at] for each in held] for at in (0, 1))
    return {
        (at := (row["company_id"], row["secret_id"])): keys.unsealed(
            sealed._purpose(*at), row["sealed"], world.db.now()
        )
        for row in ask(world, _KEPT, companies, secrets)
    }


def under_the_newest(world: World, order: dict[str, Any]) -> bool:
    """Whether the newest key alone opens all, so that the one of before can be dropped."""
    return _with(world, order, NEWEST) == len(order["held"])


def _with(world: World, order: dict[str, Any], keys: Keys) -> int:
    told = {(company, secret): text for company, secret, text in order["held"]}
    opened = _opened(world, list(told), keys)
    return sum(text is not None and opened.get(at) == text for at, text in told.items())


async def go_on(world: World, _order: dict[str, Any]) -> None:
    await seal_anew(world.db)


def secrets_amiss(world: World, _outside: Receiver, order: dict[str, Any]) -> list[str]:
    """At every instant both keys together open each secret, as it was given."""
    lost = len(order["held"]) - _with(world, order, NEW_KEYS)
    return [f"{lost} of {len(order['held'])} secrets are lost"] if lost or not order["held"] else []
