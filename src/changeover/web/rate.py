"""How often one address may send something: so many in an hour, counted by this process."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable

_HOUR = 3_600.0
# Addresses that are remembered at most; the ones seen least lately are forgotten first.
_ADDRESSES = 20_000


class Rate:
    """Counts by address. A network that gets a /64 of IPv6 is one address."""

    def __init__(self, per_hour: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = per_hour
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """True, and counted, while the address has sent less than its share in the last hour."""
        key, now = network(address), self._clock()
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while times and times[0] < now - _HOUR:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        while len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)
        return True


def network(address: str) -> str:
    """What counts as one address: itself, or its /64 of IPv6."""
    try:
        told = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((told, 64), strict=False)) if told.version == 6 else str(told)
