"""An archive taken apart into its events and bound again, every hash and link right: what a forger would do."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from tinkuy.ballot import archive, encoding
from tinkuy.ballot.archive import Kind


@dataclass(frozen=True)
class Loose:
    """One event and its data, the payload last."""

    kind: Kind
    data: tuple[bytes, ...]


def taken_apart(data: bytes) -> list[Loose]:
    return [
        Loose(event.fields.type, tuple(span.of(data) for span in event.data.values())) for event in archive.events(data)
    ]


def bound(events: list[Loose], time: int = 1795419678) -> bytes:
    whole, tip = archive.begin(time)
    for event in events:
        added, tip = tip.add(event.kind, *event.data)
        whole += added
    return whole


def places(events: list[Loose], kind: Kind) -> list[int]:
    return [place for place, event in enumerate(events) if event.kind == kind]


def altered(events: list[Loose], place: int, number: int, change: Callable[[Any], Any]) -> list[Loose]:
    """The events with data `number` of one changed as JSON; payloads that name it by its hash follow."""
    before = events[place].data
    changed = encoding.dumps(change(json.loads(before[number])))
    data = [changed if at == number else each for at, each in enumerate(before)]
    for at in range(number + 1, len(data)):
        old, new = (sha256(each[at - 1]).hexdigest().encode() for each in (before, data))
        data[at] = before[at].replace(sha256(before[number]).hexdigest().encode(), sha256(changed).hexdigest().encode())
        data[at] = data[at].replace(old, new)
    return [replace(event, data=tuple(data)) if at == place else event for at, event in enumerate(events)]


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every string and number in a JSON value."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*path, key))
    elif isinstance(value, list):
        for key, inner in enumerate(value):
            yield from leaves(inner, (*path, key))
    else:
        yield path


def with_leaf(value: Any, path: tuple[Any, ...], change: Callable[[Any], Any]) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = change(inner[path[-1]])
    return copy


def another(leaf: Any) -> Any:
    """A value of the same form that is not this one."""
    if isinstance(leaf, bool):
        return not leaf
    if isinstance(leaf, int):
        return leaf + 1
    at = len(leaf) // 2
    return leaf[:at] + ("1" if leaf[at : at + 1] != "1" else "2") + leaf[at + 1 :]
