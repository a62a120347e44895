"""Network addresses of ballots: the keyed hash by which two are compared, and those that an agency says many share.

For `casting`, `doubting` and the desk. An agency states addresses or small networks; each stands for the callers that the
doors can see of it (`core.networks`): of IPv6 whole /64 networks, so that nothing is stated that is never seen. Pure."""

import ipaddress
import re
from collections.abc import Iterable, Iterator

from miniapp.core.errors import Invalid
from miniapp.core.networks import HOST_BITS
from miniapp.core.sealing import Sealer

STATED_MOST = 6  # of an agency: its buildings, each with a line or two
CALLERS_MOST = 16  # of one network: what a line of an office has, never a provider's customers
PURPOSE = "rating address"
FIELD = "addresses"
_BETWEEN = re.compile(r"[\s,;]+")

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def mark(sealer: Sealer, agency: str, address: str) -> str:
    """How a ballot's fact keeps the address that it came from."""
    return sealer.sign(PURPOSE, f"{agency} {address}")


def marks(sealer: Sealer, agency: str, stated: Iterable[str]) -> frozenset[str]:
    """How facts keep everybody behind some stated addresses, under every key that one may have been made with."""
    found = [sealer.marks(PURPOSE, f"{agency} {each}") for one in stated for each in callers(one)]
    return frozenset(mark for every in found for mark in every)


def stated(text: str) -> tuple[str, ...]:
    """Addresses as they were typed, apart by blanks, commas or lines; each once, written one way, in order.

    Invalid at `addresses`, with the place of the one that is wrong: `rating_address_shape` for what is none,
    `rating_address_private` for one that no citizen comes from, `rating_address_wide`; `rating_addresses_most`."""
    words = [word for word in _BETWEEN.split(text) if word]
    found = sorted({_read(word, number) for number, word in enumerate(words, 1)}, key=_order)
    if len(found) > STATED_MOST:
        raise Invalid("rating_addresses_most", field=FIELD, most=STATED_MOST)
    return tuple(_text(network) for network in found)


def offered(address: str) -> str:
    """A caller's address as it would be stated; empty where it can't be, as inside the agency's own network."""
    try:
        return "".join(stated(address))
    except Invalid:
        return ""


def callers(one: str) -> Iterator[str]:
    """Everybody whom the doors can see behind a stated address."""
    network = ipaddress.ip_network(one)
    if isinstance(network, ipaddress.IPv4Network):
        return map(str, network)
    return map(str, network.subnets(new_prefix=HOST_BITS))


def _read(word: str, number: int) -> Network:
    try:
        found = ipaddress.ip_network(word, strict=False)
    except ValueError:
        raise Invalid("rating_address_shape", field=FIELD, number=number) from None
    if isinstance(found, ipaddress.IPv6Network) and found.prefixlen > HOST_BITS:
        found = found.supernet(new_prefix=HOST_BITS)
    seen = HOST_BITS if found.version == 6 else found.max_prefixlen
    if 1 << (seen - found.prefixlen) > CALLERS_MOST:
        raise Invalid("rating_address_wide", field=FIELD, number=number, most=CALLERS_MOST)
    if not all(end.is_global and not end.is_multicast for end in (found[0], found[-1])):
        raise Invalid("rating_address_private", field=FIELD, number=number)
    return found


def _order(network: Network) -> tuple[int, int, int]:
    return network.version, int(network.network_address), network.prefixlen


def _text(network: Network) -> str:
    """An IPv4 address as such, a network with how much of it is fixed."""
    whole = network.version == 4 and network.prefixlen == network.max_prefixlen
    return str(network.network_address) if whole else str(network)
