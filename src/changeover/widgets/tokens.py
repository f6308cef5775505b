"""Widget tokens: what an ATS's server gets for one recruiter on one page, sealed, for some minutes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson

from changeover.webhooks.keys import Keys

_PURPOSE = "widget"
# How long ago a token may have been made and still be known as one that ran out.
_REMEMBERED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says: a seat of a contract may see widgets of a client on pages of one origin.

    ``vendor_id`` is 0 for a client of the company's own; otherwise ``client_id`` is an application of that vendor.
    """

    company_id: int
    vendor_id: int
    client_id: int
    origin: str
    contract_id: int
    email: str


@dataclass(frozen=True, slots=True)
class Expired:
    """The token was right, and its time is over."""

    told: Pass


def seal(keys: Keys, told: Pass, now: datetime, life: timedelta) -> str:
    """The token for what it tells; it is the only key to it, so it is handed to the recruiter's page alone."""
    said = {**asdict(told), "until": (now + life).timestamp()}
    return keys.sealed(_PURPOSE, orjson.dumps(said).decode(), now)


def unseal(keys: Keys, token: str, now: datetime) -> tuple[Pass, timedelta] | Expired | None:
    """What a token tells and how long it still holds; None for what this board never made."""
    text = keys.unsealed(_PURPOSE, token, now, _REMEMBERED)
    if text is None:
        return None
    said = orjson.loads(text)
    left = timedelta(seconds=said.pop("until") - now.timestamp())
    return (Pass(**said), left) if left > timedelta(0) else Expired(Pass(**said))
