"""Network addresses as callers are told apart by them. For doors that count callers, and for whoever compares with them.

Of an IPv6 address it is the network (/64): one phone or one household owns all addresses of it. Pure."""

import ipaddress

HOST_BITS = 64  # of an IPv6 address: chosen freely by who has the network


def caller(address: str) -> str:
    """An address as a caller is known by it; what is no address stays as it is."""
    if ":" not in address:
        return address
    try:
        found = ipaddress.IPv6Address(address)
    except ValueError:
        return address
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(found) >> HOST_BITS << HOST_BITS, 128 - HOST_BITS)))
