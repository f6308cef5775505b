"""Which addresses may be connected to, and a network backend that connects to the checked one only."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from urllib.parse import urlsplit

import httpcore2

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to its addresses as text, all of them; raises OSError where the host has none."""

PRIVATE_NETWORKS: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7")
)
"""What an explicit permission opens: loopback and private networks; never link-local, where metadata services are."""

_NEVER: tuple[Network, ...] = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("169.254.0.0/16", "fe80::/10", "fec0::/10"),  # link-local, and the older site-local
        *("192.0.0.0/24", "192.88.99.0/24"),  # for protocols alone
        *("168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::254/128", "fd20:ce::254/128"),  # clouds' own services
    )
)
"""What nothing opens: there are the services that tell a machine its secrets, some at addresses called public."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_CREDENTIALS = re.compile(r"//[^/?#]*@")


@dataclass(eq=False)
class Refused(Exception):
    """A connection that was not made, with a stable code and a sentence for a person."""

    code: str
    sentence: str


def own_machine(host: str) -> bool:
    """True for a host that only this machine reaches (loopback), by its name or its address."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def shown(url: str) -> str:
    """An address as messages tell it: without what may be secret in it, and not for ever."""
    return _CREDENTIALS.sub("//", url[:2_000]).partition("?")[0][:200]


def url_flaw(url: str) -> Refused | None:
    """Why the address may not be fetched whatever it resolves to, or None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return Refused("BAD_URL", f"{shown(url)!r} is not a web address; check it for typing errors.")
    if parts.scheme not in ("http", "https"):
        return Refused("BAD_URL", f"{shown(url)!r} is not an http or https address; give one that is.")
    if parts.username is not None or parts.password is not None:
        return Refused(
            "CREDENTIALS_IN_URL",
            f"The address of {parts.hostname} holds a user name or password, which would end up in logs; "
            "give the address without them.",
        )
    if not parts.hostname or port == 0 or any(sign.isspace() for sign in parts.netloc):
        return Refused("BAD_URL", f"{shown(url)!r} names no host; check it for typing errors.")
    return None


def permitted(address: Address, networks: Iterable[Network] = ()) -> bool:
    """True if the address is on the public internet, or in one of the networks opened on purpose.

    IPv4 inside IPv6 (mapped, 6to4, Teredo, NAT64) is judged as the IPv4 address that it reaches.
    """
    inner = _embedded(address)
    if inner is not None:
        return permitted(inner, networks)
    if any(address.version == network.version and address in network for network in _NEVER):
        return False
    if any(address.version == network.version and address in network for network in networks):
        return True
    return address.is_global and not (
        address.is_multicast or address.is_reserved or address.is_unspecified or address.is_link_local
    )


def _embedded(address: Address) -> IPv4Address | None:
    if not isinstance(address, IPv6Address):
        return None
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


async def system_resolver(host: str, port: int) -> list[str]:
    """Every address that the operating system knows for the host."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class CheckedBackend(httpcore2.AsyncNetworkBackend):
    """Resolves a host once, checks every address it has, and connects to one of those very addresses.

    The HTTP library above still speaks of the host, so that TLS names and the Host header are right; there is
    no second look-up, so a name that changes between check and connection gains nothing.
    """

    def __init__(self, networks: Sequence[Network] = (), resolver: Resolver = system_resolver) -> None:
        self._networks = networks
        self._resolver = resolver
        self._sockets = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore2's
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Connect to the first address that answers, or raise Refused or httpcore2's errors."""
        addresses = await self.checked(host, port)
        for number, address in enumerate(addresses, 1):
            try:
                return await self._sockets.connect_tcp(
                    address, port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if number == len(addresses):
                    raise
        raise AssertionError("checked() answers at least one address")

    async def checked(self, host: str, port: int) -> list[str]:
        """The addresses of the host, all of them permitted; raises Refused."""
        try:
            addresses = [ipaddress.ip_address(host.strip("[]").partition("%")[0])]
        except ValueError:
            addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in await self._resolved(host, port)]
        for address in addresses:
            if not permitted(address, self._networks):
                where = host if host == str(address) else f"{host} (at {address})"
                raise Refused(
                    "PRIVATE_ADDRESS",
                    f"{where} is not on the public internet, so it was not connected to; "
                    "give a public address, or allow private addresses explicitly if this host is your own.",
                )
        return [str(address) for address in addresses]

    async def _resolved(self, host: str, port: int) -> Sequence[str]:
        try:
            found = await self._resolver(host, port)
        except (OSError, UnicodeError):
            found = ()
        if not found:
            raise Refused("HOST_NOT_FOUND", f"There is no host named {host}; check the address for typing errors.")
        return found

    async def sleep(self, seconds: float) -> None:
        """Wait, as the HTTP library asks before it retries a connection."""
        await asyncio.sleep(seconds)
