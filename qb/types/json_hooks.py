"""What msgspec asks of values in rows that JSON has no form for: addresses, and documents that nobody has read.

https://jcristharif.com/msgspec/extending.html
"""

from __future__ import annotations

from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_interface,
    ip_network,
)
from typing import Any, Final, cast, get_args, get_origin

import msgspec

from qb.types.network import IPInterface, IPNetwork
from qb.types.undecoded import Undecoded, undecoded
from qb.types.versions import Undecodable

_ADDRESSES: Final = (IPv4Address, IPv6Address, IPv4Network, IPv6Network)  # an interface is an address, too
_READERS: Final[dict[object, Any]] = {
    IPInterface: ip_interface,
    IPNetwork: ip_network,
    **{each: each for each in (*_ADDRESSES, IPv4Interface, IPv6Interface)},
}


def enc_hook(value: object, /) -> object:
    """What stands in JSON for values in rows that msgspec does not know: `msgspec.json.encode(row, enc_hook=enc_hook)`.

    An address of `ipaddress` is its text, an `Undecoded` document is itself, as it is stored; an `Undecodable` one says
    why it could not be read, and nothing of what it holds. Errors: NotImplementedError for all others, as msgspec asks.
    https://jcristharif.com/msgspec/extending.html

    >>> from ipaddress import IPv4Interface
    >>> msgspec.json.encode([IPv4Interface("10.0.0.1/8"), undecoded({"a": 1})], enc_hook=enc_hook)
    b'["10.0.0.1/8",{"a":1}]'
    """
    if isinstance(value, _ADDRESSES):
        return str(value)
    if isinstance(value, Undecoded):
        return msgspec.Raw(cast("Undecoded[object]", value).raw)
    if isinstance(value, Undecodable):
        return repr(value)
    raise NotImplementedError(f"there is no JSON for {type(value).__name__}")


def dec_hook(kind: type[object], value: Any, /) -> object:
    """The way back, of addresses and of documents that are `Undecoded`:
    `msgspec.json.decode(body, type=New[Host], dec_hook=dec_hook)`.

    Errors: ValueError, of which msgspec makes a ValidationError, for a text that is no such address;
    NotImplementedError for other classes. https://jcristharif.com/msgspec/extending.html

    >>> from ipaddress import IPv4Interface, IPv6Interface
    >>> class Host(Table, name="hosts"):
    ...     name: Col[str] = column(primary_key=True)
    ...     address: Col[IPv4Interface | IPv6Interface] = column(pg.inet)
    >>> msgspec.json.decode(b'{"name": "a", "address": "10.0.0.1/8"}', type=New[Host], dec_hook=dec_hook)
    NewHost(name='a', address=IPv4Interface('10.0.0.1/8'))
    """
    if get_origin(kind) is Undecoded:
        return undecoded(msgspec.convert(value, get_args(kind)[0], dec_hook=dec_hook))
    if isinstance(value, kind):
        return value
    if kind not in _READERS:
        raise NotImplementedError(f"qb reads no {kind.__name__} from JSON")
    if not isinstance(value, str):
        raise ValueError(f"Expected `str`, got `{type(value).__name__}`")
    try:
        return _READERS[kind](value)
    except ValueError:  # whose words hold the text
        raise ValueError("Expected an address, such as `10.0.0.1/8`") from None
