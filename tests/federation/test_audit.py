"""The audit of an honest archive: what it says, whatever the order, the grouping and the seed; and what it keeps back.

Source: issue 2, "Must show"; federation.md, "Roll-up", "Archive and audit"; house rule 6.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from importlib import resources
from io import BytesIO
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import Federation, Files, audited, bases, held_of, packed, remade, said
from tinkuy.assembly import founding
from tinkuy.book.entry import parse
from tinkuy.book.errors import BookError
from tinkuy.book.package import write as write_package
from tinkuy.cli.main import main
from tinkuy.demo.build import Example
from tinkuy.desk.roll import Member
from tinkuy.federation import audit, volumes
from tinkuy.federation.outcome import Report
from tinkuy.federation.report import conclude
from tinkuy.federation.volumes import BookCopy
from tinkuy.store.sqlite import SqliteStore

FAULTS = {0: "proof", 1: "sum", 2: "twice", 3: "fork", 4: "rotated", 5: "late", 6: "silent", 7: "words"}
Sampled = Callable[[Sequence[int], int], Sequence[int]]


@pytest.fixture(scope="module")
def federation() -> Federation:
    return Federation(bases(24, FAULTS)).played()


@pytest.fixture(scope="module")
def files(federation: Federation) -> dict[str, bytes]:
    return dict(federation.returns.members())


@pytest.fixture(scope="module")
def report(files: dict[str, bytes]) -> Report:
    return audited(files)


@pytest.fixture(scope="module")
def example() -> Example:
    """The demonstration as `tinkuy demo --no-serve` plays it."""
    return played(seed=7)


def played(seed: int) -> Example:
    example = Example(SqliteStore(Path(":memory:")), 60, seed)
    example.deliver(example.on_time())
    example.finish()
    return example


def archive_of(example: Example) -> bytes:
    out = BytesIO()
    write_package(out, example.returns.members())
    return out.getvalue()


def test_the_demonstration_verifies_and_is_certified(example: Example) -> None:
    report = audited(dict(example.returns.members()))
    assert report.sound, said(report)
    assert (report.state, report.synthetic) == ("certified", True)
    claim = parse(example.desk.store.bodies(example.book)[-1])
    assert claim["act"] == "consultation.certified"
    assert claim["votes"] == list(report.nodes[0].totals.options.values())
    assert claim["cast"] == report.nodes[0].totals.cast


def test_same_seed_same_bytes_and_another_seed_others(example: Example) -> None:
    assert archive_of(example) == archive_of(played(seed=7))
    assert archive_of(example) != archive_of(played(seed=8))


def test_the_desk_and_the_observer_say_the_same(federation: Federation, report: Report) -> None:
    """The federation's own running count differs from the audit in nothing but what only files have."""
    desk = federation.returns.report()
    same = msgspec.structs.replace(desk, fingerprint=report.fingerprint, officer_signatures=report.officer_signatures)
    assert same == report


def test_the_totals_add_up_from_the_bases_own_books(federation: Federation, report: Report) -> None:
    """Added up here by hand from the acts in the books, without the roll-up."""
    counted = {sheet.code for sheet in report.sheets if sheet.state in ("normal", "resolved")}
    cast, votes = 0, [0, 0, 0]
    for writer in federation.writers:
        if writer.base.code in counted:
            acts = [parse(body) for body in writer.desk.store.bodies(writer.book)]
            (sheet,) = [act for act in acts if act["act"] == "sheet.issued"]
            cast += sheet["count"]["cast"]
            votes = [sum(pair) for pair in zip(votes, sheet["count"]["votes"], strict=True)]
    assert (report.nodes[0].totals.cast, list(report.nodes[0].totals.options.values())) == (cast, votes)


@pytest.fixture(scope="module")
def thin(federation: Federation) -> dict[str, bytes]:
    """The archive in volumes of three books, as a large one has many volumes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(volumes, "MOST", 3)
        return dict(federation.returns.members())


@settings(max_examples=8)
@given(data=st.data())
def test_any_grouping_of_volumes_gives_the_same_report(thin: dict[str, bytes], data: st.DataObject) -> None:
    reader = Files(thin)
    opened, shelf = audit.open_archive(reader)
    asks = audit.asks(opened)
    where = {volume: data.draw(st.integers(0, 5)) for volume in opened.volumes}
    groups = [[ask for ask in asks if where[ask.volume] == group] for group in range(6)]
    order = data.draw(st.permutations(groups))
    hearings = [audit.hear(reader, data.draw(st.permutations(group)), shelf.attachments) for group in order]
    found = audit.unlisted(shelf, reader.names(), hearings)
    assert conclude(opened, {one.code: one for hearing in hearings for one in hearing.heard}, found) == audited(thin)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 1000])
def test_groups_divide_the_units_and_never_a_volume(thin: dict[str, bytes], count: int) -> None:
    opened, _ = audit.open_archive(Files(thin))
    assert len(opened.volumes) > 6
    asks = audit.asks(opened)
    parts = audit.groups(asks, count)
    assert sorted(ask.base.code for part in parts for ask in part) == sorted(ask.base.code for ask in asks)
    together = [{ask.volume for ask in part} for part in parts]
    assert sum(map(len, together)) == len(set().union(*together))
    assert audited(thin, count) == audited(thin)


def test_how_books_are_bound_changes_nothing_but_the_fingerprint(thin: dict[str, bytes], report: Report) -> None:
    assert msgspec.structs.replace(audited(thin), fingerprint=report.fingerprint) == report


@settings(max_examples=8)
@given(order=st.permutations(range(10)))
def test_the_order_in_which_sheets_come_changes_no_total(order: Sequence[int]) -> None:
    planned = bases(10, {0: "proof", 1: "sum", 2: "rotated"})
    federation = Federation(planned)
    federation.sent = [federation.sent[place] for place in order]
    federation.deliver(len(federation.sent))
    totals = federation.returns.report().nodes
    assert [(node.code, node.totals, node.coverage) for node in totals] == _in_time(planned)


_in_order: list[tuple[str, object, object]] = []


def _in_time(planned: Sequence[object]) -> list[tuple[str, object, object]]:
    if not _in_order:
        federation = Federation(bases(10, {0: "proof", 1: "sum", 2: "rotated"}))
        federation.deliver(len(federation.sent))
        _in_order.extend((node.code, node.totals, node.coverage) for node in federation.returns.report().nodes)
    return _in_order


# Flips: what anybody can do with a hex editor.


def regions(data: bytes) -> dict[str, range]:
    """Every region of the package's format, by name, as ranges of its bytes; laid out by the standard library."""
    with zipfile.ZipFile(BytesIO(data)) as package:
        members = sorted(package.infolist(), key=lambda info: info.header_offset)
        start = package.start_dir
    end = data.rindex(b"PK\x05\x06")
    found = {
        "central directory": range(start, end),
        "end record": range(end, end + 22),
        "comment": range(end + 22, len(data)),
    }
    offsets = [*(info.header_offset for info in members[1:]), start]
    for info, after in zip(members, offsets, strict=True):
        name = info.header_offset + 30
        content = name + len(info.filename.encode())
        found[f"header of {info.filename}"] = range(info.header_offset, name)
        found[f"name of {info.filename}"] = range(name, content)
        found[f"content of {info.filename}"] = range(content, after)
    return found


def test_the_regions_of_the_format_cover_every_byte(small: dict[str, bytes]) -> None:
    data = packed(small)
    assert sorted(place for region in regions(data).values() for place in region) == list(range(len(data)))


@pytest.fixture(scope="module")
def small() -> dict[str, bytes]:
    """The smallest archive with every kind of file: nothing in it is held, but for the base that forked."""
    return dict(Federation(bases(4, {0: "proof", 1: "fork", 2: "rotated"})).played().returns.members())


@pytest.mark.sweep
def test_flipping_any_byte_of_the_file_is_found(
    small: dict[str, bytes], sampled: Sampled, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = packed(small)
    path = tmp_path / "consulta.tinkuy"
    path.write_bytes(data)
    assert main(["--lang", "en", "verify", str(path)]) == 0
    capsys.readouterr()
    for name, region in regions(data).items():
        for place in sampled(region, 5):
            path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
            code = main(["--lang", "en", "verify", str(path)])
            out, err = capsys.readouterr()
            assert code in (1, 2), (name, place)
            assert "Traceback" not in out + err
            assert (out + err).strip()


@pytest.mark.sweep
@pytest.mark.parametrize("listed", [False, True], ids=["manifest as it was", "manifest made again"])
def test_flipping_a_byte_inside_a_file_is_found_by_the_audit_itself(
    small: dict[str, bytes], sampled: Sampled, listed: bool
) -> None:
    """The container is whole, and even the manifest fits: tiles, notes, entries and digests must tell."""
    forked = {name.split("/")[1] for name in small if name.startswith("forks/")}
    for name, content in small.items():
        if listed and (name == "manifest.json" or name.split("/")[1] in forked):
            continue  # the manifest is made again; a frozen base counts for nothing, whatever its copy says
        for place in sampled(range(len(content)), 6):
            flipped = content[:place] + bytes([content[place] ^ 1 << place % 8]) + content[place + 1 :]
            files = {**small, name: flipped}
            try:
                report = audited(remade(files) if listed else files)
            except BookError:
                continue
            assert not report.sound, (name, place)


# Small cells: nobody's vote is read off a total of a few.


@pytest.fixture(scope="module")
def tiny() -> Report:
    """Two bases too small to be shown, one alone in its province, among larger ones."""
    planned = bases(12)
    for place in (0, 3):
        few = {"members": 8, "signed_in": 7, "votes": (4, 3, 0), "blank": 0, "null": 0, "kind": "community"}
        planned[place] = replace(planned[place], **few)
    return audited(dict(Federation(planned).played().returns.members()))


def test_no_figure_of_a_hidden_unit_can_be_derived(tiny: Report) -> None:
    """No sum or difference of figures shown is that of a few: tried by elimination over the fractions."""
    hidden = [sheet.code for sheet in tiny.sheets if sheet.hidden]
    small = [sheet.code for sheet in tiny.sheets if (sheet.cast or 0) < 10]
    assert small
    assert set(small) <= set(hidden)
    place = {sheet.code: at for at, sheet in enumerate(tiny.sheets)}
    rows = [[Fraction(sheet.code == other) for other in place] for sheet in tiny.sheets if not sheet.hidden]
    children: dict[str, list[str]] = {}
    for node in tiny.nodes:
        for code in node.joined or (node.code,):
            children.setdefault(code, []).append(node.code)
    for node in tiny.nodes:
        covered = set(node.joined or (node.code,))
        under = [not node.code or bool(covered & set(sheet.path)) for sheet in tiny.sheets]
        assert (
            sum(sheet.cast or 0 for sheet, there in zip(tiny.sheets, under, strict=True) if there) == node.totals.cast
        )
        rows.append([Fraction(there) for there in under])
    for code in small:
        target = [Fraction(other == code) for other in place]
        assert _rank([*rows, target]) == _rank(rows) + 1, f"{code} follows from what is shown"


def _rank(rows: Sequence[Sequence[Fraction]]) -> int:
    left, rank = [list(row) for row in rows], 0
    for column in range(len(left[0])):
        pivot = next((row for row in left[rank:] if row[column]), None)
        if pivot is None:
            continue
        left.remove(pivot)
        left.insert(rank, pivot)
        for at in range(rank + 1, len(left)):
            part = left[at][column] / pivot[column]
            left[at] = [one - part * other for one, other in zip(left[at], pivot, strict=True)]
        rank += 1
    return rank


def test_every_node_shown_has_enough_voters_or_none(tiny: Report) -> None:
    assert all(node.totals.cast == 0 or node.totals.cast >= 10 for node in tiny.nodes)


# Embargo and what cannot be checked.


def test_an_embargo_is_said_while_the_consultation_is_open_and_ends_with_it() -> None:
    federation = Embargoed(bases(4))
    assert federation.returns.report().embargoed
    federation.played()
    assert not federation.returns.report().embargoed


class Embargoed(Federation):
    """The federation whose statutes keep partial figures back."""

    def _found(self) -> str:
        statutes = resources.files("tinkuy.demo").joinpath("federacion.toml").read_bytes()
        self.statutes = self.desk.attach(statutes.replace(b"embargo = false", b"embargo = true"))
        act = founding.Founded(
            name="Federación", body="federation", place="Perú", statutes=self.statutes, board=self.keys.board()
        )
        return self.desk.found(act, at="2026-01-05T20:00:00Z", by="chair")


def test_of_a_sheet_with_a_proof_the_acts_before_it_are_not_checked_and_the_report_says_so(report: Report) -> None:
    proven = [sheet for sheet in report.sheets if not sheet.whole_book]
    assert len(proven) == 1
    assert any("1 sheets came with a proof of inclusion only" in str(one) for one in report.not_checked)
    assert any("no file can prove it" in str(one) for one in report.not_checked)


# Privacy: a seized archive names nobody.


def test_an_archive_holds_no_name_no_document_and_no_salt_of_a_member(
    federation: Federation, files: dict[str, bytes]
) -> None:
    everything = b"\n".join(files.values())
    for writer in federation.writers:
        for member in writer._members():
            assert member.name.encode() + b'"' not in everything
            assert member.document.encode() + b'"' not in everything
            for secret in (member.salt, member.salt.hex().encode(), member.commitment().hex().encode()):
                assert secret not in everything
    assert b"Persona" not in everything


def test_no_act_says_how_a_member_voted(files: dict[str, bytes]) -> None:
    """Votes are figures. A member appears as a pseudonym, and only as teller or delegate."""
    entries = audit.archive.read_book(Files(files).read, "federation/").bodies
    for held in held_of(files).values():
        entries += held.bodies if isinstance(held, BookCopy) else (held.body,)
    for body in entries:
        fields = parse(body)
        said_of = [key for key, value in fields.items() if re.search(r'"m[1-9][0-9]*"', json.dumps(value))]
        assert set(said_of) <= {"tellers", "delegate", "member", "by"}
        assert not {"votes", "vote"} & set(fields) or isinstance(fields.get("vote", 0), int)


def test_two_members_of_the_same_name_and_document_have_different_commitments() -> None:
    one, other = Member("Justina Quispe", "41234567", bytes(16)), Member("Justina Quispe", "41234567", b"1" * 16)
    assert one.commitment() != other.commitment()
