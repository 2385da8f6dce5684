"""Addresses of network devices, and of networks.

https://www.postgresql.org/docs/current/datatype-net-types.html
"""

from __future__ import annotations

import ipaddress
import re
from abc import ABC
from ipaddress import IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from types import UnionType
from typing import Any, Final, TypeAlias, Union, get_origin

from qb.frozen import fix
from qb.types.annotation import bare
from qb.types.base import Convert, Signs, SqlType
from qb.types.facts import Wire
from qb.types.scalar import Scalar
from qb.types.textual import Textual

Interface: TypeAlias = IPv4Interface | IPv6Interface
Network: TypeAlias = IPv4Network | IPv6Network
_UNIONS: Final = (Union, UnionType)


class IPInterface(ABC):  # noqa: B024 - whose only use is to be asked
    """An address of either version, to msgspec, which knows no union of two classes."""


class IPNetwork(ABC):  # noqa: B024
    """A network of either version."""


IPInterface.register(IPv4Interface)
IPInterface.register(IPv6Interface)
IPNetwork.register(IPv4Network)
IPNetwork.register(IPv6Network)

MACADDR: Final = Wire(
    name="macaddr", casts="macaddr8", oid=829, array_oid=1040, kind="network", takes=(str,), extremes=False, texted=True
)

MACADDR8: Final = Wire(
    name="macaddr8", casts="macaddr", oid=774, array_oid=775, kind="network", takes=(str,), extremes=False, texted=True
)

INET: Final = Wire(
    name="inet",
    casts="cidr",
    oid=869,
    array_oid=1041,
    kind="address",
    takes=(IPv4Interface, IPv6Interface),
    texted=True,
)

CIDR: Final = Wire(
    name="cidr",
    casts="inet",
    oid=650,
    array_oid=651,
    kind="address",
    takes=(IPv4Network, IPv6Network),
    extremes=False,
    texted=True,
)

_WRITTEN = re.compile("[0-9a-f]{2}(:[0-9a-f]{2})+")


class HardwareAddress(Scalar[str | None]):
    """An address as PostgreSQL writes it; it reads others, and they would come back changed."""

    __slots__ = ("example",)
    example: str

    def __init__(self, wire: Wire, example: str) -> None:
        super().__init__(wire.name, wire.name, wire, str, check=self._judge)
        fix(self, "example", example)

    def _judge(self, value: object) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{self.name} takes str, not {type(value).__name__}")
        if len(value) != len(self.example) or _WRITTEN.fullmatch(value) is None:
            raise ValueError(f"{self.name} takes an address in the form in which it comes back: {self.example}")
        return value

    def literal(self, value: Any) -> str:
        return self._judge(value)


class Inet(Textual[Interface | None]):
    """An address of a host, and the network that it is in: `10.0.0.1/8`."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("inet", "inet", INET, Interface, "IPv4Interface | IPv6Interface")

    def write(self, value: Any) -> str:
        if not isinstance(value, IPv4Interface | IPv6Interface):
            raise TypeError(f"inet takes IPv4Interface or IPv6Interface, not {type(value).__name__}")
        return _written(value)

    def read(self, text: str) -> Interface:
        return ipaddress.ip_interface(text)

    def decoder(self, python: object) -> Convert | None:
        return _of_version(self.read, python, IPv4Interface, IPv6Interface)

    def limits(self, python: object) -> object:
        return IPInterface if get_origin(bare(python)) in _UNIONS else python

    def operators(self, word: str) -> Signs:
        return _operators(word, NetworkTypes.inet, NetworkTypes.cidr)


class Cidr(Textual[Network | None]):
    """A network: `10.0.0.0/8`."""

    __slots__ = ()

    def __init__(self) -> None:
        super().__init__("cidr", "cidr", CIDR, Network, "IPv4Network | IPv6Network")

    def write(self, value: Any) -> str:
        if not isinstance(value, IPv4Network | IPv6Network):
            raise TypeError(f"cidr takes IPv4Network or IPv6Network, not {type(value).__name__}")
        return _written(value)

    def read(self, text: str) -> Network:
        return ipaddress.ip_network(text)

    def decoder(self, python: object) -> Convert | None:
        return _of_version(self.read, python, IPv4Network, IPv6Network)

    def limits(self, python: object) -> object:
        return IPNetwork if get_origin(bare(python)) in _UNIONS else python

    def operators(self, word: str) -> Signs:
        return _operators(word, NetworkTypes.cidr, NetworkTypes.inet)


def _written(value: Interface | Network) -> str:
    text = str(value)
    if "%" in text:
        raise ValueError("PostgreSQL's addresses have no zone (what stands behind %)")
    return text


# A cidr is an inet to all of them. https://www.postgresql.org/docs/current/functions-net.html
_OPERATORS: Final = {"contains": ">>=", "contained_by": "<<=", "overlaps": "&&"}


def _operators(word: str, *right: SqlType[Any]) -> Signs:
    return tuple((_OPERATORS[word], each) for each in right) if word in _OPERATORS else ()


def _of_version(read: Convert, python: object, four: type, six: type) -> Convert:
    """What reads both versions, or the one that an annotation names."""
    wanted = bare(python)
    if wanted is not four and wanted is not six:
        return read
    only, other = (4, 6) if wanted is four else (6, 4)

    def narrow(text: str) -> Any:
        found = read(text)
        if found.version != only:
            raise ValueError(f"an address of IPv{other}, where the annotation says IPv{only}")
        return found

    return narrow


class NetworkTypes:
    """Addresses in `pg`."""

    __slots__ = ()
    inet: SqlType[Interface | None] = Inet()
    cidr: SqlType[Network | None] = Cidr()
    macaddr: SqlType[str | None] = HardwareAddress(MACADDR, "08:00:2b:01:02:03")
    macaddr8: SqlType[str | None] = HardwareAddress(MACADDR8, "08:00:2b:01:02:03:04:05")
