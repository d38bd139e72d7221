"""No connection to private addresses: a service's reply must not reach into the user's network."""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, Iterable
from typing import Any

import httpcore

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(Exception):
    """A name stands for an address that is not public."""


def is_public(address: str) -> bool:
    """Whether an IP address is reachable from everywhere: not private, loopback or reserved.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) must be public as well.
    """
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        if embedded := [each for each in inner if each is not None]:
            return all(is_public(str(each)) for each in embedded)
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


async def resolve(host: str, port: int) -> list[str]:
    """The addresses that a name stands for, the preferred ones first.

    Raises:
        httpcore.ConnectError: it stands for none.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


Resolve = Callable[[str, int], Awaitable[list[str]]]


class PublicNetwork(httpcore.AsyncNetworkBackend):
    """Opens connections to public addresses, and to hosts and ports that the user trusts.

    The name is resolved here and the connection goes to the address that was checked: an answer
    of the name service that changes between check and connection is of no use to anybody.
    """

    def __init__(
        self,
        trusted: Collection[tuple[str, int]] = (),
        *,
        resolve: Resolve = resolve,
        network: httpcore.AsyncNetworkBackend | None = None,
    ) -> None:
        self._trusted = frozenset(trusted)
        self._resolve = resolve
        self._network = network or httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - the signature is httpcore's
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first address that answers.

        Raises:
            PrivateAddressError: one of the name's addresses is not public.
            httpcore.ConnectError: the name is unknown, or no address answers.
        """
        addresses = await self._resolve(host, port)
        if (host, port) not in self._trusted and not all(map(is_public, addresses)):
            raise PrivateAddressError(host)
        failed: Exception = httpcore.ConnectError("the name has no address")
        for address in addresses:
            try:
                return await self._network.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks of a network."""
        await asyncio.sleep(seconds)
