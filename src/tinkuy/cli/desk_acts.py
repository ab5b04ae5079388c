"""`tinkuy desk record` and `tinkuy desk acts`: any act of the registry, by its kind and its fields.

Guarantees that a field reaches the act as its type asks, or is refused with the field's name: texts as they are typed,
everything else as JSON (`count='{"votes":[118,41],"cast":164}'`).
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import typer
from msgspec.structs import fields

from tinkuy.assembly import act as registry
from tinkuy.assembly.act import Act, Refused
from tinkuy.cli.desk_here import AT, BY, here, tell
from tinkuy.cli.language import spoken
from tinkuy.desk.desk import DeskError
from tinkuy.federation import affiliation, consultation, levels, returns, sheet
from tinkuy.words import say

RECORD = say("Record any act: its kind and its fields, or a file in JSON with one or several.")
ACTS = say("List the kinds of acts with their fields.")
ROOMS = (affiliation, consultation, levels, returns, sheet)  # imported so that the registry knows their acts
MAX_FILE = 16 * 1024 * 1024
OWN = ("act", "at", "by", "n")
PLAIN = {str: "text", int: "number", bool: "true | false", type(None): "null"}


def record(
    context: typer.Context,
    kind: Annotated[
        str | None, typer.Argument(help=spoken(say("A kind of tinkuy desk acts.")), show_default=False)
    ] = None,
    given: Annotated[
        list[str] | None, typer.Argument(help=spoken(say("Its fields, as name=value.")), show_default=False)
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--json", help=spoken(say("A file with one act or a list of acts.")), show_default=False),
    ] = None,
    at: Annotated[str | None, typer.Option("--at", help=spoken(AT), show_default=False)] = None,
    by: Annotated[str | None, typer.Option("--by", help=spoken(BY), show_default=False)] = None,
) -> None:
    """Record acts, all or none."""
    if (kind is None) == (file is None):
        raise DeskError(say("name a kind with its fields, or a file with --json"))
    read = _from_file(file) if file is not None else [{"act": kind, **_typed(str(kind), pairs(given or []))}]
    with here(context.obj, at, by) as desk:
        desk.record(*(registry.read(one) for one in read))
        tell(say("{count} acts recorded; the last is act {last}.", count=len(read), last=str(desk.state.size - 1)))


def acts(
    kind: Annotated[str | None, typer.Argument(help=spoken(say("One kind only.")), show_default=False)] = None,
    as_json: Annotated[bool, typer.Option("--json", help=spoken(say("As data.")))] = False,
) -> None:
    """Kinds with what they mean, their fields and the fields' types."""
    known = registry.kinds()
    if kind is not None:
        known = {kind: _class(kind)}
    if as_json:
        data = {name: {"says": _doc(cls), "fields": fields_of(cls)} for name, cls in known.items()}
        typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
        return
    for name, cls in known.items():
        typer.echo(name)
        for paragraph in _doc(cls).split("\n\n"):
            typer.echo(textwrap.fill(" ".join(paragraph.split()), 96, initial_indent="    ", subsequent_indent="    "))
        for name_, written in fields_of(cls).items():
            typer.echo(f"      {name_}: {written}")


def fields_of(cls: type[Act]) -> dict[str, str]:
    """An act's own fields, each with its type as text; a field that may be left out ends in “?”."""
    shown = {}
    for field in fields(cls):
        if field.name not in OWN:
            optional = "" if field.required else "?"
            shown[field.encode_name + optional] = _type(field.type)
    return shown


def pairs(given: Sequence[str]) -> dict[str, str]:
    """`name=value` arguments by name. Raises `DeskError` for one without a sign, or named twice."""
    found: dict[str, str] = {}
    for one in given:
        name, sign, value = one.partition("=")
        if not sign or not name:
            raise DeskError(say("a field is written name=value; “{given}” is not", given=one[:80]))
        if name in found:
            raise DeskError(say("{name} is given twice", name=name))
        found[name] = value
    return found


def _typed(kind: str, given: Mapping[str, str]) -> dict[str, object]:
    """Texts for fields that hold texts, JSON for the others; what does not fit is left to the registry to refuse."""
    hints = get_type_hints(_class(kind))
    return {name: value if _is_text(hints.get(name), value) else _json(name, value) for name, value in given.items()}


def _is_text(hint: object, value: str) -> bool:
    try:
        return isinstance(msgspec.convert(value, hint), str)
    except msgspec.ValidationError:
        return False


def _json(name: str, value: str) -> object:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
    except RecursionError:
        raise DeskError(say("{name}: lists and objects are nested too deep", name=name)) from None


def _class(kind: str) -> type[Act]:
    known = registry.kinds()
    if kind not in known:
        raise Refused(say("there is no kind of act “{kind}”; tinkuy desk acts lists them", kind=kind[:80]))
    return known[kind]


def _from_file(file: Path) -> list[dict[str, Any]]:
    with file.open("rb") as opened:
        data = opened.read(MAX_FILE + 1)
    try:
        read = msgspec.json.decode(data, type=list[dict[str, Any]] | dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DeskError(say("{file}: {fault}", file=str(file), fault=str(error))) from None
    given = read if isinstance(read, list) else [read]
    for one in given:
        if not isinstance(one.get("act"), str):
            raise DeskError(say('{file}: an act without its kind; write "act": "member.left"', file=str(file)))
    return given


def _doc(cls: type[Act]) -> str:
    return (cls.__doc__ or "").strip()


def _type(hint: Any) -> str:
    """A field's type as a person reads it: text, whole number, [..] for a list, {..} for an object with its fields."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(json.dumps(part) for part in parts)
    if origin in (Union, UnionType):
        return " | ".join(_type(part) for part in parts)
    if origin is tuple and parts[-1] is Ellipsis:
        return f"[{_type(parts[0])} …]"
    if origin is tuple:
        return f"[{', '.join(_type(part) for part in parts)}]"
    if origin is dict:
        return "{" + f"{_type(parts[0])}: {_type(parts[1])}" + "}"
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        inner = (f"{one.encode_name}{'' if one.required else '?'}: {_type(one.type)}" for one in fields(hint))
        return "{" + ", ".join(inner) + "}"
    return PLAIN.get(hint, str(hint))
