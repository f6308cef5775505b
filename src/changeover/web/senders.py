"""Who sends a form: a network, so many times an hour, whichever web processes it reaches."""

from __future__ import annotations

import ipaddress

from fastapi import Request

from changeover.database.board import BOARD
from changeover.web.rates import Allowance
from changeover.web.served import Served


def network(address: str) -> str:
    """What counts as one address: itself, or its /64 of IPv6, which one network gets."""
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((told, 64), strict=False)) if told.version == 6 else str(told)


async def sends(request: Request, here: Served) -> Allowance | None:
    """Count one form of the request's network; how it stands then.

    No address is kept: what it is counted under only this board could make of it.
    """
    address = request.client.host if request.client else ""
    return await here.form_rates.take(BOARD, here.signer.sender(network(address)))
