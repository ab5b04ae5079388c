"""Damage of every kind: one clear line, the right exit code, nothing half-written and never a traceback.

What is no archive ends in exit 2 with one line that names the file; what opens and does not hold is audited and ends
in exit 1 with the finding and its place. Source: issue 2, "Bad input".
"""

from __future__ import annotations

import base64
import json
import random
import struct
import time
import zipfile
import zlib
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Archive, Federation, altered, bases, held_of, packed, place_of, rebound, remade, sealed
from tinkuy.book.entry import parse
from tinkuy.cli.main import main
from tinkuy.federation.volumes import BookCopy, Proven

Files = dict[str, bytes]
Damage = Callable[[bytes], bytes]


@pytest.fixture(scope="module")
def federation() -> Federation:
    return Federation(bases(8, {0: "proof", 1: "fork"})).played()


@pytest.fixture(scope="module")
def honest(federation: Federation) -> Archive:
    return Archive.of(federation)


@pytest.fixture(scope="module")
def files(honest: Archive) -> Files:
    return honest.files()


@pytest.fixture(scope="module")
def whole(files: Files) -> bytes:
    return packed(files)


@pytest.fixture
def verified(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[[bytes], tuple[int, str, str]]:
    """What `tinkuy verify` gives for these bytes: exit code, output, error stream."""

    def verified(data: bytes) -> tuple[int, str, str]:
        path = tmp_path / "consulta.tinkuy"
        path.write_bytes(data)
        page = tmp_path / "report.html"
        page.unlink(missing_ok=True)
        started = time.monotonic()
        code = main(["--lang", "en", "verify", str(path), "--html", str(page)])
        assert time.monotonic() - started < 10, "bounded quickly"
        out, err = capsys.readouterr()
        assert code in (0, 1, 2), err
        if code == 2:
            assert out == ""
            assert err.startswith(str(path)), err
            assert err.endswith("\n")
            assert err.count("\n") == 1, err
            assert err.rstrip("\n").isprintable(), ascii(err)
            assert len(err) < 1000, err
            assert sorted(one.name for one in tmp_path.iterdir()) == ["consulta.tinkuy"]
        else:
            assert err == ""
        assert "Traceback" not in out + err
        return code, out, err

    return verified


Verified = Callable[[bytes], tuple[int, str, str]]


def zipped(members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED, **changes: Any) -> bytes:
    """A zip as another program writes it."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", method) as package:
        for name, data in members:
            info = zipfile.ZipInfo(name)
            info.compress_type = method
            for key, value in changes.items():
                setattr(info, key, value)
            package.writestr(info, data)
    return out.getvalue()


BOMB = zipped([("manifest.json", b"\0" * (60 << 20))])
MANY = zipped([(f"units/{number}/checkpoint", b"") for number in range(3000)], zipfile.ZIP_STORED)

NOT_A_PACKAGE: dict[str, Damage] = {
    "an empty file": lambda data: b"",
    "one byte": lambda data: b"P",
    "text": lambda data: b"unit,cast\n1,2\n",
    "a page": lambda data: b"<!doctype html><p>404",
    "only an end record": lambda data: b"PK\x05\x06" + bytes(18),
    "random bytes": lambda data: random.Random(1).randbytes(5000),
    "zeros": lambda data: bytes(100_000),
    "the first half": lambda data: data[: len(data) // 2],
    "the last half": lambda data: data[len(data) // 2 :],
    "without its last byte": lambda data: data[:-1],
    "without its first byte": lambda data: data[1:],
    "with a byte before it": lambda data: b"\n" + data,
    "with a byte after it": lambda data: data + b"\n",
    "twice": lambda data: data + data,
    "as text with carriage returns": lambda data: data.replace(b"\n", b"\r\n"),
    "with a block of zeros": lambda data: data[:4096] + bytes(512) + data[4608:],
    "in base64": base64.encodebytes,
    "compressed": zlib.compress,
    "a zip bomb": lambda data: BOMB,
    "a member that escapes upward": lambda data: zipped([("../../etc/passwd", b"x")]),
    "a member with an absolute path": lambda data: zipped([("/etc/passwd", b"x")]),
    "a member with a drive": lambda data: zipped([("c:/windows", b"x")]),
    "a member with a backslash": lambda data: zipped([("units\\x", b"x")]).replace(b"units/x", b"units\\x"),
    "a member with an empty part": lambda data: zipped([("units//x", b"x")]),
    "a member with a dot": lambda data: zipped([("./manifest.json", b"{}")]),
    "a member with a control character": lambda data: zipped([("units/\x1b[2J", b"x")]),
    "a member with a line break": lambda data: zipped([("units/\nmanifest.json", b"x")]),
    "a member twice": lambda data: zipped([("manifest.json", b"{}"), ("manifest.json", b"{}")]),
    "a member twice but for capitals": lambda data: zipped([("manifest.json", b"{}"), ("MANIFEST.json", b"{}")]),
    "a member that is a link": lambda data: zipped([("manifest.json", b"/etc/passwd")], external_attr=0o120777 << 16),
    "a member packed by bzip2": lambda data: zipped([("manifest.json", b"{}" * 99)], zipfile.ZIP_BZIP2),
    "a member packed by lzma": lambda data: zipped([("manifest.json", b"{}" * 99)], zipfile.ZIP_LZMA),
    "a name of a thousand letters": lambda data: zipped([("a" * 1000, b"x")]),
    "no manifest": lambda data: zipped([("leeme.txt", b"hola")]),
    "no member at all": lambda data: zipped([]),
    "three thousand empty members": lambda data: MANY,
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", NOT_A_PACKAGE)
def test_what_is_no_package_of_a_consultation_ends_in_one_line(verified: Verified, whole: bytes, name: str) -> None:
    assert verified(NOT_A_PACKAGE[name](whole))[0] == 2


def patched(data: bytes, sign: bytes, offset: int, value: bytes) -> bytes:
    """The package with a field of its last record of a kind overwritten, and the seal taken off."""
    bare = data[: data.rindex(b"PK\x05\x06") + 20] + b"\0\0"
    place = bare.rindex(sign) + offset
    return bare[:place] + value + bare[place + len(value) :]


FIELDS = {
    "local signature": (b"PK\x03\x04", 0, b"PKxx"),
    "local flags: encrypted": (b"PK\x03\x04", 6, struct.pack("<H", 0x801)),
    "local method": (b"PK\x03\x04", 8, struct.pack("<H", 99)),
    "local checksum": (b"PK\x03\x04", 14, b"\xff\xff\xff\xfe"),
    "local size": (b"PK\x03\x04", 22, struct.pack("<I", 5)),
    "local name's length": (b"PK\x03\x04", 26, struct.pack("<H", 60_000)),
    "local extra's length": (b"PK\x03\x04", 28, struct.pack("<H", 60_000)),
    "local name": (b"PK\x03\x04", 30, b"MANIFEST"),
    "central signature": (b"PK\x01\x02", 0, b"PKxx"),
    "central flags: encrypted": (b"PK\x01\x02", 8, struct.pack("<H", 0x801)),
    "central flags: unknown": (b"PK\x01\x02", 8, struct.pack("<H", 0x1000)),
    "central method": (b"PK\x01\x02", 10, struct.pack("<H", 12)),
    "central checksum": (b"PK\x01\x02", 16, b"\xff\xff\xff\xfe"),
    "central packed size": (b"PK\x01\x02", 20, struct.pack("<I", 2**31)),
    "central size: a bomb": (b"PK\x01\x02", 24, struct.pack("<I", 2**32 - 2)),
    "central size: zip64 without an extra": (b"PK\x01\x02", 24, struct.pack("<I", 2**32 - 1)),
    "central name's length": (b"PK\x01\x02", 28, struct.pack("<H", 65_535)),
    "central extra's length": (b"PK\x01\x02", 30, struct.pack("<H", 65_535)),
    "central comment's length": (b"PK\x01\x02", 32, struct.pack("<H", 65_535)),
    "central volume": (b"PK\x01\x02", 34, struct.pack("<H", 7)),
    "central mode: a device": (b"PK\x01\x02", 38, struct.pack("<I", 0o060644 << 16)),
    "central offset": (b"PK\x01\x02", 42, struct.pack("<I", 2**31)),
    "central name not UTF-8": (b"PK\x01\x02", 46, b"\xff\xfe\xfd"),
    "central name that escapes": (b"PK\x01\x02", 46, b"../../nifest"),
    "end volume": (b"PK\x05\x06", 4, struct.pack("<H", 1)),
    "end count here": (b"PK\x05\x06", 8, struct.pack("<H", 1)),
    "end count": (b"PK\x05\x06", 8, struct.pack("<2H", 65_534, 65_534)),
    "end count zero": (b"PK\x05\x06", 8, struct.pack("<2H", 0, 0)),
    "end directory's size": (b"PK\x05\x06", 12, struct.pack("<I", 2**31)),
    "end directory's start": (b"PK\x05\x06", 16, struct.pack("<I", 2**31)),
    "end comment's length": (b"PK\x05\x06", 20, struct.pack("<H", 9)),
}


@pytest.mark.parametrize("name", FIELDS)
def test_a_wrong_field_of_the_container_ends_in_one_line(verified: Verified, whole: bytes, name: str) -> None:
    assert verified(patched(whole, *FIELDS[name]))[0] == 2


def test_without_its_seal_a_whole_package_is_still_read(verified: Verified, whole: bytes) -> None:
    assert verified(patched(whole, b"PK\x05\x06", 0, b""))[0] == 0


def manifest(files: Files, /, **changes: object) -> bytes:
    fields = json.loads(files["manifest.json"]) | changes
    return json.dumps(fields, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )


MANIFESTS: dict[str, Callable[[Files], bytes]] = {
    "empty": lambda files: b"",
    "not JSON": lambda files: b"hola",
    "a list": lambda files: b"[]",
    "null": lambda files: b"null",
    "a number": lambda files: b"7",
    "nested a hundred thousand deep": lambda files: b'{"a":' * 100_000,
    "lists a hundred thousand deep": lambda files: b"[" * 100_000,
    "two megabytes": lambda files: b'{"format":"' + b"x" * (2 << 20) + b'"}',
    "with spaces": lambda files: files["manifest.json"].replace(b":", b": ", 1),
    "with a line break at the end": lambda files: files["manifest.json"] + b"\n",
    "with a byte order mark": lambda files: b"\xef\xbb\xbf" + files["manifest.json"],
    "in UTF-16": lambda files: files["manifest.json"].decode().encode("utf-16"),
    "in Latin-1": lambda files: manifest(files, format="ñ").decode().encode("latin-1"),
    "a key twice": lambda files: files["manifest.json"].replace(b'{"', b'{"files":1,"', 1),
    "keys out of order": lambda files: b'{"size":1,"contents":"x"}',
    "a lone surrogate": lambda files: manifest(files, consultation="\ud800"),
    "an escaped lone surrogate": lambda files: files["manifest.json"].replace(b'"format":"', b'"format":"\\ud800'),
    "a text not in NFC": lambda files: manifest(files, consultation="n\u0303"),
    "a NUL": lambda files: manifest(files, consultation="\x00"),
    "a key missing": lambda files: b"{}",
    "a key too many": lambda files: manifest(files, zapato=1),
    "a key too many that steers the terminal": lambda files: manifest(files, **{"\x1b[2J\n": 1}),
    "another format": lambda files: manifest(files, format="tinkuy-consultation/99"),
    "a format that steers the terminal": lambda files: manifest(files, format="\x1b[2Jok\n\nThe archive is sound."),
    "a format of fifty thousand letters": lambda files: manifest(files, format="z" * 50_000),
    "a size that is a text": lambda files: manifest(files, size="7"),
    "a size that is a fraction": lambda files: manifest(files, size=7.5),
    "a size that is true": lambda files: manifest(files, size=True),
    "a size with an exponent": lambda files: files["manifest.json"].replace(b'"size":', b'"size":1e9,"tamano":'),
    "a size of four thousand digits": lambda files: manifest(files, size=10**4000),
    "a size beyond 2^53": lambda files: manifest(files, size=2**53),
    "another consultation": lambda files: manifest(files, consultation="0" * 32),
    "a consultation with a line break": lambda files: manifest(files, consultation="a\nb\x1b[31m"),
    "a consultation of fifty thousand letters": lambda files: manifest(files, consultation="c" * 50_000),
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_damaged_manifest_ends_in_one_line(verified: Verified, files: Files, name: str) -> None:
    code, _, err = verified(packed({**files, "manifest.json": MANIFESTS[name](files)}))
    assert code == 2
    assert "manifest.json" in err or "format" in err or "consultation" in err


@pytest.mark.parametrize(
    "changes",
    [{"size": 0}, {"size": -1}, {"files": 0}, {"files": -5}, {"root": ""}, {"contents": "x"}, {"federation": ""}],
)
def test_a_manifest_that_names_other_things_is_a_finding(
    verified: Verified, files: Files, changes: dict[str, object]
) -> None:
    assert verified(packed({**files, "manifest.json": manifest(files, **changes)}))[0] == 1


NOTES: dict[str, Damage] = {
    "empty": lambda note: b"",
    "without its signatures": lambda note: note[: note.rindex(b"\n\n") + 2],
    "without a blank line": lambda note: note.replace(b"\n\n", b"\n"),
    "with carriage returns": lambda note: note.replace(b"\n", b"\r\n"),
    "not UTF-8": lambda note: b"\xff" + note,
    "with a control character": lambda note: note.replace(b"tinkuy/", b"tinkuy\x1b/", 1),
    "of another origin": lambda note: note.replace(b"tinkuy/", b"example/", 1),
    "with a malformed book": lambda note: note.replace(note[7:39], b"u" * 32, 1),
    "with a negative size": lambda note: _line(note, 1, b"-1"),
    "with a size of a thousand digits": lambda note: _line(note, 1, b"9" * 1000),
    "with a size that has a leading zero": lambda note: _line(note, 1, b"07"),
    "with a huge size": lambda note: _line(note, 1, b"9" * 19),
    "with a size in other digits": lambda note: _line(note, 1, "٣".encode()),
    "with a size of none": lambda note: _line(note, 1, b"0"),
    "with a root that is short": lambda note: _line(note, 2, b"AAAA"),
    "with a root that is not base64": lambda note: _line(note, 2, b"!" * 44),
    "with a root spelled otherwise": lambda note: _line(note, 2, note.split(b"\n")[2][:-1]),
    "with a signature line twice": lambda note: note + note.split(b"\n")[-2] + b"\n",
    "with a signature cut off": lambda note: note[:-20] + b"\n",
    "with a line that is no signature": lambda note: note + b"hola\n",
    "with two hundred signatures": lambda note: note + b"".join(b"\xe2\x80\x94 x%d AAAAAAAA\n" % n for n in range(200)),
    "of sixty thousand bytes": lambda note: note.replace(b"\n\n", b"\n" + b"x" * 60_000 + b"\n\n", 1),
}


def _line(note: bytes, place: int, value: bytes) -> bytes:
    lines = note.split(b"\n")
    return b"\n".join([*lines[:place], value, *lines[place + 1 :]])


@pytest.mark.parametrize("name", NOTES)
def test_a_damaged_checkpoint_is_named(verified: Verified, honest: Archive, files: Files, name: str) -> None:
    """Of the federation: no archive, or a breach. Of a base: a finding on that unit."""
    damage = NOTES[name]
    code, out, err = verified(
        packed(remade({**files, "federation/checkpoint": damage(files["federation/checkpoint"])}))
    )
    assert code in (1, 2)
    assert "federation" in out + err
    book, held = next((book, held) for book, held in held_of(files).items() if isinstance(held, BookCopy))
    code, out, _ = verified(packed(remade(rebound(files, **{book: BookCopy(held.bodies, damage(held.note))}))))
    assert code == 1
    assert "!!   unit " in out or "E    unit " in out


def entry_with(n: int, **fields: object) -> bytes:
    whole = {"act": "x", "at": "2026-03-08T20:00:00Z", "by": "secretary", "n": n, **fields}
    return json.dumps(whole, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")


ENTRIES: dict[str, Callable[[int], bytes]] = {
    "empty": lambda n: b"",
    "not JSON": lambda n: b"hola",
    "a list": lambda n: b"[1]",
    "a text": lambda n: b'"x"',
    "without its fields": lambda n: b"{}",
    "not UTF-8": lambda n: b'{"act":"\xff"}',
    "in UTF-16": lambda n: entry_with(n).decode().encode("utf-16"),
    "with a byte order mark": lambda n: b"\xef\xbb\xbf" + entry_with(n),
    "with a space": lambda n: entry_with(n).replace(b":", b": ", 1),
    "with a line break": lambda n: entry_with(n) + b"\n",
    "a key twice": lambda n: entry_with(n).replace(b'{"act":"x"', b'{"act":"y","act":"x"'),
    "keys out of order": lambda n: b'{"n":1,"by":"x","at":"2026-03-08T20:00:00Z","act":"x"}',
    "a fraction": lambda n: entry_with(n, z=1.5),
    "an exponent": lambda n: entry_with(n).replace(b'"by"', b'"bx":1e3,"by"'),
    "minus zero": lambda n: entry_with(n).replace(b'"by"', b'"bx":-0,"by"'),
    "an integer beyond 2^53": lambda n: entry_with(n, z=2**53),
    "an integer of four thousand digits": lambda n: entry_with(n, z=10**4000),
    "NaN": lambda n: entry_with(n).replace(b'"by"', b'"bx":NaN,"by"'),
    "a lone surrogate": lambda n: entry_with(n, z="\ud800"),
    "an escaped lone surrogate": lambda n: entry_with(n, z="@").replace(b"@", b"\\udc00"),
    "a text not in NFC": lambda n: entry_with(n, z="n\u0303"),
    "a key that is not ASCII": lambda n: entry_with(n, ñ=1),
    "a needless escape": lambda n: entry_with(n, z="@").replace(b"@", b"\\u0041"),
    "nested too deep": lambda n: entry_with(n, z=json.loads("[" * 60 + "]" * 60)),
    "nested twenty thousand deep": lambda n: b'{"a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "without an act": lambda n: entry_with(n, act=None),
    "an act that is a number": lambda n: entry_with(n, act=7),
    "an empty act": lambda n: entry_with(n, act=""),
    "nobody's": lambda n: entry_with(n, by=""),
    "on the thirtieth of February": lambda n: entry_with(n, at="2026-02-30T20:00:00Z"),
    "in local time": lambda n: entry_with(n, at="2026-03-08T20:00:00-05:00"),
    "at a leap second": lambda n: entry_with(n, at="2026-03-08T23:59:60Z"),
    "at no time": lambda n: entry_with(n, at=""),
    "with a negative index": lambda n: entry_with(-1),
    "with an index that is true": lambda n: entry_with(n).replace(b'"n":%d' % n, b'"n":true'),
    "of another index": lambda n: entry_with(n + 1),
    "of an unknown kind": lambda n: entry_with(n, act="member.banished"),
    "of a kind that steers the terminal": lambda n: entry_with(n, act="\x1b[2J\x1b[1mThe archive is sound."),
    "of a kind of forty thousand letters": lambda n: entry_with(n, act="k" * 40_000),
    "with a field too many": lambda n: entry_with(n, act="member.left", member="m1", zapato=1),
    "with a field missing": lambda n: entry_with(n, act="member.left"),
    "with a field of the wrong type": lambda n: entry_with(n, act="member.left", member=7),
    "by somebody without a seat": lambda n: entry_with(n, act="member.left", member="m1", by="nobody"),
    "a second founding": lambda n: entry_with(
        n, act="assembly.founded", name="x", body="x", place="x", statutes="x", board=[]
    ),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_a_damaged_entry_is_named_by_its_place(verified: Verified, honest: Archive, name: str) -> None:
    """Sealed by its own officers: of a base, a finding on the unit; of the federation, a finding or no archive."""
    unit = parse(honest.federation.bodies[place_of(honest.federation.bodies, "sheet.received", state="normal")])["unit"]
    book = honest.book_of(unit)
    bodies = honest.copy_of(unit).bodies
    entry = ENTRIES[name](len(bodies))
    copy = sealed((*bodies, entry), honest.base_keys[book])
    code, out, _ = verified(packed(honest.holding(book, copy).files()))
    assert code == 1, out
    assert f"unit {unit}" in out
    assert f"act {len(bodies)}" in " ".join(out.split())
    federation = honest.federation.bodies
    code, out, err = verified(packed(honest.rewritten((*federation, ENTRIES[name](len(federation)))).files()))
    assert code in (1, 2), out
    assert f"act {len(federation)}" in " ".join((out + err).split())
    assert "\x1b" not in out + err


BUNDLES: dict[str, Damage] = {
    "empty": lambda bundle: b"",
    "cut off": lambda bundle: bundle[:-1],
    "with a byte after": lambda bundle: bundle + b"\0",
    "with an entry too few": lambda bundle: bundle[2 + int.from_bytes(bundle[:2]) :],
    "with an entry twice": lambda bundle: bundle[: 2 + int.from_bytes(bundle[:2])] + bundle,
    "with a length beyond its end": lambda bundle: b"\xff\xff" + bundle[2:],
    "of zeros": lambda bundle: bytes(len(bundle)),
}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_damaged_bundle_of_entries_is_named(verified: Verified, files: Files, name: str) -> None:
    damage = BUNDLES[name]
    bundle = next(name for name in files if name.startswith("federation/tile/entries/"))
    code, _, err = verified(packed(remade({**files, bundle: damage(files[bundle])})))
    assert code == 2
    assert "federation/" in err


PROOFS: dict[str, Damage] = {
    "empty": lambda proof: b"",
    "of another version": lambda proof: proof.replace(b"@v1", b"@v9"),
    "without an index": lambda proof: proof.replace(b"index ", b"indice "),
    "with a negative index": lambda proof: _line(proof, 1, b"index -1"),
    "with a huge index": lambda proof: _line(proof, 1, b"index " + b"9" * 19),
    "with an index of a thousand digits": lambda proof: _line(proof, 1, b"index " + b"9" * 1000),
    "with a hash that is short": lambda proof: _line(proof, 2, b"AAAA"),
    "with another hash": lambda proof: _line(proof, 2, b"A" * 43 + b"="),
    "with a hash too few": lambda proof: proof.replace(proof.split(b"\n")[2] + b"\n", b"", 1),
    "with a thousand hashes": lambda proof: _line(proof, 2, b"\n".join([b"A" * 43 + b"="] * 1000)),
    "not ASCII": lambda proof: "ñ".encode() + proof,
    "without a checkpoint": lambda proof: proof[: proof.index(b"\n\n") + 2],
    "of sixty thousand bytes": lambda proof: proof + b"x" * 60_000,
}


@pytest.mark.parametrize("name", PROOFS)
def test_a_damaged_proof_is_named(verified: Verified, files: Files, name: str) -> None:
    book, held = next((book, held) for book, held in held_of(files).items() if isinstance(held, Proven))
    code, out, _ = verified(packed(remade(rebound(files, **{book: Proven(held.body, PROOFS[name](held.proof))}))))
    assert code == 1
    assert "!!   unit " in out


VOLUMES: dict[str, Damage] = {
    "empty": lambda volume: b"",
    "cut off": lambda volume: volume[:-1],
    "cut off in a head": lambda volume: volume[:36],
    "with a byte after": lambda volume: volume + b"\0",
    "with its first book missing": lambda volume: volume[37 + int.from_bytes(volume[33:37]) :],
    "with its first book twice": lambda volume: volume[: 37 + int.from_bytes(volume[33:37])] + volume,
    "with a record of another kind": lambda volume: volume[:32] + b"X" + volume[33:],
    "with a length beyond its end": lambda volume: volume[:33] + b"\xff\xff\xff\xff" + volume[37:],
    "with a piece beyond its record": lambda volume: volume[:37] + b"\xff\xff" + volume[39:],
    "with a book that is no book": lambda volume: b"\xff" * 32 + volume[32:],
    "of zeros": lambda volume: bytes(len(volume)),
}


@pytest.mark.parametrize("name", VOLUMES)
def test_a_damaged_volume_is_named(verified: Verified, files: Files, name: str) -> None:
    volume = next(name for name in files if name.startswith("units/"))
    code, out, _ = verified(packed(remade({**files, volume: VOLUMES[name](files[volume])})))
    assert code == 1
    assert "!!   unit " in out


def test_a_sheet_with_a_second_entry_beside_it(verified: Verified, files: Files) -> None:
    """A record of a sheet holds its proof and one entry; written as a whole book, its proof is no checkpoint."""
    book, held = next((book, held) for book, held in held_of(files).items() if isinstance(held, Proven))
    changed = rebound(files, **{book: BookCopy((held.body, held.body), held.proof)})
    code, out, _ = verified(packed(remade(changed)))
    assert code == 1
    assert "!!   unit " in out
    volume = next(name for name in changed if name.startswith("units/"))
    place = changed[volume].index(book.encode() + b"B")
    forged = changed[volume][: place + 32] + b"S" + changed[volume][place + 33 :]
    code, out, _ = verified(packed(remade({**changed, volume: forged})))
    assert code == 1
    assert f"the record of book {book} is damaged" in out


@pytest.mark.parametrize(
    "toml",
    [
        b"",
        b"name = ",
        b'name = "x"\nname = "y"',
        b"\xff\xfe",
        "name = 'ñ'".encode("latin-1"),
        b"a = " + b"[" * 5000,
        b"a." * 5000 + b"b = 1",
        b"valid_from = 2026-13-45",
        b"x = " + b"9" * 5000,
        b"# " + b"x" * 70_000,
    ],
)
def test_statutes_that_cannot_be_read_hold_the_units_that_live_by_them(
    verified: Verified, honest: Archive, toml: bytes
) -> None:
    """The founding act names them by digest, so a body founded on them is refused with the line of the file."""
    unit = parse(honest.federation.bodies[place_of(honest.federation.bodies, "sheet.received", state="normal")])["unit"]
    from hashlib import sha256

    digest = sha256(toml).hexdigest()
    bodies = altered(honest.copy_of(unit).bodies, 0, lambda fields: fields.update(statutes=digest))
    copy = sealed(bodies, honest.base_keys[honest.book_of(unit)])
    damaged = honest.holding(honest.book_of(unit), copy)
    damaged.attachments[digest] = toml
    try:
        assert verified(packed(damaged.files()))[0] == 1
    finally:
        del damaged.attachments[digest]


def test_the_federations_own_statutes_cannot_be_read(verified: Verified, honest: Archive) -> None:
    files = honest.files()
    digest = parse(honest.federation.bodies[0])["statutes"]
    left = {name: data for name, data in files.items() if name != f"attachments/{digest}"}
    code, _, err = verified(packed(remade(left)))
    assert code == 2
    assert "are not attached to this copy of the book" in err


def test_what_is_not_there_or_not_a_file_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in (tmp_path / "nada.tinkuy", tmp_path):
        assert main(["--lang", "en", "verify", str(path)]) == 2
        _, err = capsys.readouterr()
        assert err.startswith(str(path))
        assert err.count("\n") == 1


def test_a_page_that_cannot_be_written_is_said(
    tmp_path: Path, whole: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "consulta.tinkuy"
    path.write_bytes(whole)
    assert main(["--lang", "en", "verify", str(path), "--html", str(tmp_path / "no" / "x.html")]) == 2
    _, err = capsys.readouterr()
    assert err.count("\n") == 1


def test_more_than_a_hundred_kinds_of_damage_are_tried() -> None:
    tables: list[Mapping[str, object]] = [NOT_A_PACKAGE, FIELDS, MANIFESTS, NOTES, ENTRIES, BUNDLES, PROOFS]
    assert sum(map(len, tables)) > 100
