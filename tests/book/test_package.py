from __future__ import annotations

import io
import multiprocessing
import stat
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.book.builders import book_of
from tinkuy.book import package, tiles
from tinkuy.book.errors import BookError
from tinkuy.book.package import Package
from tinkuy.book.zip_rules import Limits

MEMBERS = [
    ("checkpoint", b"tinkuy\n" * 20),
    ("tile/0/000.p/7", bytes(range(224))),
    ("empty", b""),
    ("acta.txt", "ñ".encode()),
]


def packed(members=MEMBERS) -> bytes:
    file = io.BytesIO()
    package.write(file, members)
    return file.getvalue()


def zipped(members=MEMBERS, **options) -> bytes:
    """The same directory packed by the standard library, as a person's zip program might."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


def opened(data: bytes, limits: Limits = package.LIMITS) -> Package:
    return Package(io.BytesIO(data), limits)


def read_all(data: bytes) -> list[tuple[str, bytes]]:
    found = opened(data)
    return [(name, found.read(name)) for name in found.names()]


def test_what_is_packed_is_read_back_in_its_order():
    found = opened(packed())
    assert found.sealed
    assert [(name, found.read(name)) for name in found.names()] == MEMBERS
    assert found.size("tile/0/000.p/7") == 224
    assert "empty" in found
    assert found.get("nothing") is None
    with pytest.raises(BookError, match="no member nothing"):
        found.read("nothing")


def test_the_same_members_give_the_same_bytes():
    assert packed() == packed()
    assert packed(reversed(MEMBERS)) != packed()


def test_the_standard_library_reads_it_and_finds_nothing_wrong():
    with zipfile.ZipFile(io.BytesIO(packed())) as archive:
        assert archive.testzip() is None
        assert [(name, archive.read(name)) for name in archive.namelist()] == MEMBERS
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.comment.startswith(b"tinkuy sha256:")


@given(
    st.dictionaries(
        st.from_regex(r"[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,2}", fullmatch=True), st.binary(max_size=300), max_size=8
    )
)
def test_any_members_come_back(members):
    assert read_all(packed(members.items())) == list(members.items())


def test_no_byte_of_a_package_can_change():
    data = packed()
    for place in range(len(data)):
        for bit in (1, 0x20, 0x80):
            changed = data[:place] + bytes([data[place] ^ bit]) + data[place + 1 :]
            with pytest.raises(BookError):
                opened(changed)


def test_no_package_cut_short_or_drawn_out_is_read():
    data = packed()
    for size in range(len(data)):
        with pytest.raises(BookError):
            opened(data[:size])
    for more in (data + b"\0", b"\0" + data, data + data, data + b"\0" * 22):
        with pytest.raises(BookError):
            opened(more)


def test_a_damaged_comment_is_no_comment():
    data = packed()
    for changed in (data[:-1], data.replace(b"tinkuy sha256", b"tinkuy sha512"), data[:-64] + data[-64:].upper()):
        with pytest.raises(BookError, match="not a whole package"):
            opened(changed)


def test_the_seal_is_checked_on_opening_unless_it_was_checked_before():
    data = packed()
    changed = data.replace(b"acta.txt", b"acta.tyt")
    with pytest.raises(BookError, match="damaged: its bytes are not those"):
        opened(changed)
    again = Package(io.BytesIO(changed), seal_checked=True)
    assert again.names()[-1] == "acta.tyt"
    with pytest.raises(BookError, match="damaged"):
        again.check_seal()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_directory_zipped_again_is_read_and_known_for_it(method):
    found = opened(zipped(compression=method))
    assert not found.sealed
    assert [(name, found.read(name)) for name in found.names()] == MEMBERS


def test_members_written_as_a_stream_and_folders_are_read():
    class Unseekable(io.RawIOBase):
        def __init__(self) -> None:
            self.data = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.data += data
            return len(data)

    out = Unseekable()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("tile")
        for name, data in MEMBERS:
            archive.writestr(name, data)
    assert read_all(bytes(out.data)) == MEMBERS


def test_damage_in_a_package_without_a_seal_is_found_in_what_is_read():
    data = zipped(compression=zipfile.ZIP_DEFLATED)
    for place in range(len(data)):
        changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
        try:
            found = read_all(changed)
        except BookError:
            continue
        # What is left is what a reader does not use: dates, versions, attributes; or a name, which says another file.
        assert [content for _, content in found] == [content for _, content in MEMBERS]


def test_a_package_of_many_members_uses_zip64():
    members = [(f"{n:05}", b"") for n in range(70_000)]
    data = packed(members)
    assert opened(data).names() == [name for name, _ in members]
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == [name for name, _ in members]


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a//b",
        "./a",
        "a/.",
        "",
        "a/",
        "a\\b",
        "C:/x",
        "a\0b",
        "a\nb",
        "a.",
        "a ",
        "n\u0303",
        "x" * 513,
    ],
)
def test_a_name_that_leaves_the_directory_or_differs_between_systems_is_refused(name):
    with pytest.raises(BookError, match="not allowed"):
        packed([(name, b"x")])
    raw = name.encode()
    if raw and b"\0" not in raw and not name.endswith("/"):
        with pytest.raises(BookError, match="not allowed"):
            opened(renamed(raw))


def renamed(raw: bytes) -> bytes:
    """A zip by the standard library whose only member got another name, byte by byte."""
    stand_in = "".join("y" for _ in raw)
    data = zipped([(stand_in, b"content")]).replace(stand_in.encode(), raw)
    # Say that names are UTF-8, in both headers.
    central = data.index(b"PK\x01\x02")
    return data[:7] + b"\x08" + data[8 : central + 9] + b"\x08" + data[central + 10 :]


def test_a_folder_outside_the_directory_is_refused():
    with pytest.raises(BookError, match="not allowed"):
        opened(zipped([("../up/", b"")]))


def test_two_members_of_one_name_are_refused():
    with pytest.raises(BookError, match="two members named a"):
        packed([("a", b"1"), ("a", b"2")])
    with pytest.raises(BookError, match="two members named A"):
        packed([("a", b"1"), ("A", b"2")])
    with pytest.raises(BookError, match="two members named"):
        opened(zipped([("Ñ", b"1"), ("ñ", b"2")]))
    with pytest.warns(UserWarning, match="Duplicate"):
        twice = zipped([("a", b"1"), ("a", b"2")])
    with pytest.raises(BookError, match="two members named a"):
        opened(twice)


def with_info(**changes) -> bytes:
    file = io.BytesIO()
    info = zipfile.ZipInfo("member")
    for name, value in changes.items():
        setattr(info, name, value)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(info, b"content")
    return file.getvalue()


def patched(central_offset: int, value: int, size: int = 2) -> bytes:
    """A zip by the standard library with one field of its directory changed."""
    data = bytearray(zipped([("member", b"content")]))
    at = data.index(b"PK\x01\x02") + central_offset
    data[at : at + size] = value.to_bytes(size, "little")
    return bytes(data)


def test_links_devices_encryption_and_unknown_methods_are_refused():
    with pytest.raises(BookError, match="member is a link or a device"):
        opened(with_info(external_attr=(stat.S_IFLNK | 0o777) << 16))
    with pytest.raises(BookError, match="member is a link or a device"):
        opened(with_info(external_attr=(stat.S_IFCHR | 0o777) << 16))
    with pytest.raises(BookError, match="member is encrypted"):
        opened(patched(8, 1))
    with pytest.raises(BookError, match="member uses a feature"):
        opened(patched(8, 0x20))
    with pytest.raises(BookError, match="method 12"):
        opened(zipped(compression=zipfile.ZIP_BZIP2))
    with pytest.raises(BookError, match="another volume"):
        opened(patched(34, 1))


def test_a_member_larger_than_allowed_is_refused_by_name_and_limit():
    limits = Limits(member=100)
    with pytest.raises(BookError, match="member big has 101 bytes, and 100"):
        opened(packed([("big", b"a" * 101)]), limits)
    with pytest.raises(BookError, match=r"unpack to 303 bytes, and 300"):
        opened(packed([(f"m{n}", b"a" * 101) for n in range(3)]), Limits(total=300))
    with pytest.raises(BookError, match="3 members, and 2"):
        opened(packed([(f"m{n}", b"") for n in range(3)]), Limits(members=2))


def test_a_member_that_swells_too_much_is_refused_before_it_is_unpacked():
    bomb = zipped([("bomb", bytes(10**7))], compression=zipfile.ZIP_DEFLATED)
    with pytest.raises(BookError, match="bomb would unpack to 10,000,000 bytes"):
        opened(bomb)
    # The writer stores such a member as it is, so that every reader takes it.
    assert read_all(packed([("zeros", bytes(10**7))])) == [("zeros", bytes(10**7))]


def test_a_member_that_holds_more_or_less_than_it_says_is_damaged():
    for size in (3, 8):
        data = zipped([("member", b"content" * 100)], compression=zipfile.ZIP_DEFLATED)
        for at in (22, data.index(b"PK\x01\x02") + 24):
            data = data[:at] + size.to_bytes(4, "little") + data[at + 4 :]
        with pytest.raises(BookError, match="member member of the package is damaged"):
            read_all(data)


def test_a_member_does_not_take_more_room_than_it_has_content():
    data = zipped([("member", b"content" * 100), ("filler", bytes(5_000))])
    first = data.index(b"PK\x01\x02")
    deflated = data[: first + 10] + b"\x08\0" + data[first + 12 :]
    larger = deflated[: first + 20] + (5_000).to_bytes(4, "little") + deflated[first + 24 :]
    with pytest.raises(BookError, match="member member of the package is damaged: compression"):
        opened(larger)


def test_what_lies_behind_a_member_is_not_read_into_memory():
    data = zipped([("one", b"content"), ("two", b"content")])
    gap = data.index(b"PK\x03\x04", 4)
    hidden = bytearray(data[:gap] + bytes(200_000) + data[gap:])
    second = hidden.rindex(b"PK\x01\x02")
    hidden[second + 42 : second + 46] = struct.pack("<I", gap + 200_000)
    hidden[-6:-2] = struct.pack("<I", int.from_bytes(hidden[-6:-2], "little") + 200_000)
    with pytest.raises(BookError, match="one of the package is damaged: bytes that belong to no member"):
        opened(bytes(hidden)).read("one")
    assert opened(bytes(hidden)).read("two") == b"content"


def test_a_package_without_a_seal_says_so():
    with pytest.raises(BookError, match="has no seal"):
        opened(zipped()).check_seal()


def test_members_do_not_overlap():
    data = bytearray(zipped([("one", b"content"), ("two", b"content")]))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)  # the second member begins where the first does
    with pytest.raises(BookError, match="overlap"):
        opened(bytes(data))


def test_nothing_hides_between_members():
    data = zipped([("one", b"content"), ("two", b"content")])
    gap = data.index(b"PK\x03\x04", 4)
    hidden = bytearray(data[:gap] + b"hidden" + data[gap:])
    second = hidden.rindex(b"PK\x01\x02")
    hidden[second + 42 : second + 46] = struct.pack("<I", gap + 6)
    hidden[-6:-2] = struct.pack("<I", int.from_bytes(hidden[-6:-2], "little") + 6)
    with pytest.raises(BookError, match="one of the package is damaged"):
        read_all(bytes(hidden))


@given(st.binary(min_size=1, max_size=200))
def test_any_bytes_are_one_clear_error(data):
    for changed in (data, data + packed([]), data + zipped([])):
        with pytest.raises(BookError):
            read_all(changed)


@given(st.data())
def test_a_package_with_any_bytes_overwritten_is_read_or_refused(data):
    content = bytearray(zipped())
    place = data.draw(st.integers(0, len(content) - 1))
    patch = data.draw(st.binary(min_size=1, max_size=8))
    content[place : place + len(patch)] = patch
    with suppress(BookError):
        read_all(bytes(content))


def test_an_empty_package_is_a_package():
    assert read_all(packed([])) == []


def _checkpoint_in(path: str) -> bytes:
    with open(path, "rb") as file:
        return Package(file, seal_checked=True).read("checkpoint")


def test_several_processes_read_one_package(tmp_path: Path):
    book = book_of(300)
    path = tmp_path / "book.tinkuy"
    with path.open("wb") as file:
        package.write(file, tiles.write(book.bodies, book.checkpoint()))
    with path.open("rb") as file:
        assert tiles.read_book(Package(file).get) == (book.checkpoint(), book.bodies)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert pool.map(_checkpoint_in, [str(path)] * 4) == [book.checkpoint().note] * 4
