"""`tinkuy witness` and `tinkuy fork` as a person types them: what is said, what is written, how a command ends.

Source: C2SP tlog-witness, tlog-policy; style.md, "The terminal".
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.builders import Archive, Book, Federation, bases, packed
from tests.desk.terminal import Terminal
from tinkuy.assembly.register import Left
from tinkuy.book import checkpoint, cosignature, merkle, note
from tinkuy.book.entry import leaf_hash
from tinkuy.book.keys import Cost, SigningKey
from tinkuy.cli import desk_here, witness_serve
from tinkuy.cli.conformance_book import signature_line
from tinkuy.cli.witness_submit import _cosigned
from tinkuy.desk.files import write_book
from tinkuy.desk.submission import MAX_BODY, Submission
from tinkuy.desk.witness import Witness, make
from tinkuy.federation.archive import BookCopy

NAME = "observers.example/w1"
BASE = Book().ready()
SIZE = len(BASE.bodies)
PASS = ("--passphrase-file", "witness=pw.witness")
KEY = SigningKey.from_seed(b"witness".ljust(32, b"."))


@pytest.fixture(autouse=True, scope="module")
def cheap() -> Iterator[None]:
    """Opening a key file costs milliseconds here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk_here, "COST", Cost(passes=1, memory=8_192))
        patch.setenv("TINKUY_LANG", "en")
        patch.setenv("LANGUAGE", "en")
        yield


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A witness in an empty folder, and the base's book."""
    monkeypatch.chdir(tmp_path)
    Path("pw.witness").write_text("la clave larga de la testigo\n", encoding="utf-8")
    write_book(Path("base.tinkuy"), branch(), BASE.attachments)
    terminal = Terminal()
    terminal.run("witness", "--dir", "w", "key", "--name", NAME, *PASS)
    return terminal


def branch(*members: int) -> BookCopy:
    book = Book(bodies=list(BASE.bodies), attachments=BASE.attachments)
    for member in members:
        book.record(Left(member=f"m{member}"), at="2026-03-05")
    return book.seal()


def put(name: str, copy: BookCopy) -> str:
    write_book(Path(name), copy, BASE.attachments)
    return name


def add(terminal: Terminal, file: str, *more: str, code: int = 0) -> str:
    return terminal.run("witness", "--dir", "w", "add-checkpoint", file, *PASS, *more, code=code)


def vkey(terminal: Terminal) -> str:
    return terminal.run("witness", "--dir", "w", "key").strip()


def policy(terminal: Terminal, quorum: str = "w1") -> str:
    Path("trust.policy").write_text(f"witness w1 {vkey(terminal)}\nquorum {quorum}\n", encoding="utf-8")
    return "trust.policy"


def test_a_book_is_followed_cosigned_and_found_to_hold_against_a_policy(terminal: Terminal) -> None:
    assert "chair, tinkuy/" in terminal.run("witness", "--dir", "w", "follow", "base.tinkuy")
    assert "Nothing of this book was seen before" in add(terminal, "base.tinkuy", "--out", "cosigned")
    put("longer.tinkuy", branch(9))
    assert f"they continue the {SIZE} seen before" in add(terminal, "longer.tinkuy", "--out", "cosigned.tinkuy")
    for file in ("cosigned", "cosigned.tinkuy"):
        said = terminal.run("witness", "check", file, "--policy", policy(terminal))
        assert said.splitlines()[-1] == "The policy holds: the quorum cosigned."
    said = terminal.run("witness", "check", "base.tinkuy", "--policy", "trust.policy", code=1)
    assert "w1 did not cosign" in said
    assert terminal.run("book", "verify", "cosigned.tinkuy").endswith("The book is sound.\n"), "officers' seals stay"
    listed = json.loads(terminal.run("witness", "--dir", "w", "list", "--json"))
    assert [one["size"] for one in listed] == [SIZE + 1]


def test_a_folder_of_tiles_is_as_good_as_a_file(terminal: Terminal) -> None:
    terminal.run("witness", "--dir", "w", "follow", "base.tinkuy")
    shutil.unpack_archive("base.tinkuy", "tiles", "zip")
    add(terminal, "tiles", "--out", "cosigned")
    terminal.run("witness", "check", "cosigned", "--policy", policy(terminal))


def test_a_note_alone_is_believed_by_the_keys_given_and_a_request_by_its_proof(terminal: Terminal) -> None:
    origin = checkpoint.parse(branch().note).origin
    keys = [note.Verifier(f"{origin}/{one.role}", bytes.fromhex(one.key)).vkey for one in BASE.keys.board()]
    given = [word for key in keys for word in ("--key", key)]
    terminal.run("witness", "--dir", "w", "follow", origin.removeprefix("tinkuy/"), *given)
    Path("note").write_bytes(branch().note)
    assert branch().note.decode() in add(terminal, "note"), "without --out the cosigned note is printed"
    longer = branch(9)
    steps = merkle.consistency_proof([leaf_hash(body) for body in longer.bodies], SIZE)
    Path("request").write_bytes(Submission(SIZE, steps, longer.note).encode())
    add(terminal, "request", "--out", "cosigned")
    Path("request").write_bytes(Submission(SIZE, steps, branch(8).note).encode())
    assert "seen has" in add(terminal, "request", code=1)


def test_a_fork_is_not_cosigned_and_the_evidence_is_written(terminal: Terminal) -> None:
    terminal.run("witness", "--dir", "w", "follow", "base.tinkuy")
    add(terminal, put("one.tinkuy", branch(9)), "--out", "cosigned")
    said = add(terminal, put("two.tinkuy", branch(8)), code=1)
    (evidence,) = Path("w").glob("forks/fork-*.tinkuy")
    assert str(evidence) in said
    assert "The fork is proven" in terminal.run("fork", "verify", str(evidence))
    shown = json.loads(terminal.run("fork", "show", str(evidence), "--json"))
    assert (shown["proven"], [one["size"] for one in shown["histories"]]) == (True, [SIZE + 1] * 2)


def test_evidence_ends_with_0_what_proves_nothing_with_1_and_another_file_with_2(terminal: Terminal) -> None:
    put("one.tinkuy", branch(9))
    terminal.run("fork", "prove", "one.tinkuy", put("two.tinkuy", branch(8, 7)), "--out", "fork.tinkuy")
    terminal.run("fork", "verify", "fork.tinkuy")
    shutil.unpack_archive("fork.tinkuy", "taken-apart", "zip")
    folder = Path("taken-apart")
    files = {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    unsigned = files["fork/2/checkpoint"].replace(b"/chair ", b"/clerk ")
    Path("unproven.tinkuy").write_bytes(packed({**files, "fork/2/checkpoint": unsigned}))
    assert "chair did not sign" in terminal.run("fork", "verify", "unproven.tinkuy", code=1)
    damaged = bytearray(Path("fork.tinkuy").read_bytes())
    damaged[200] ^= 1
    Path("damaged.tinkuy").write_bytes(damaged)
    for file in ("damaged.tinkuy", "one.tinkuy", "pw.witness", "nowhere"):
        assert terminal.run("fork", "verify", file, code=2).count("\n") == 1


def test_a_second_history_that_is_imported_is_proven_whichever_came_first(terminal: Terminal) -> None:
    put("one.tinkuy", branch(9))
    put("two.tinkuy", branch(8, 7))
    for first, second in (("one.tinkuy", "two.tinkuy"), ("two.tinkuy", "one.tinkuy")):
        folder = Path(first).stem
        Path(folder).mkdir()
        terminal.run("import", "--dir", folder, first)
        terminal.run("import", "--dir", folder, second, code=1)
        (evidence,) = Path(folder, "forks").glob("fork-*.tinkuy")
        assert "The fork is proven" in terminal.run("fork", "verify", str(evidence))


def test_of_a_larger_history_the_copy_is_needed(terminal: Terminal) -> None:
    Path("note").write_bytes(branch(8, 7).note)
    said = terminal.run("fork", "prove", put("one.tinkuy", branch(9)), "note", code=1)
    assert f"of the history of {SIZE + 2} acts only a checkpoint is here: bring the copy" in said


def test_copies_of_one_history_prove_no_fork(terminal: Terminal) -> None:
    put("one.tinkuy", branch(9))
    said = terminal.run("fork", "prove", "one.tinkuy", "base.tinkuy", code=1)
    assert said.splitlines()[-1] == "No fork is proven."
    assert not Path("fork.tinkuy").exists()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("key", "--name", NAME, *PASS), "a witness is never made over"),
        (("follow", "pw.witness"), "pw.witness"),
        (("follow", "0" * 32, "--key", "x"), "is not a verifier key"),
        (("add-checkpoint", "pw.witness", *PASS), "pw.witness: The signed note is malformed"),
        (("add-checkpoint", "base.tinkuy", "--to", "http://127.0.0.1:1"), "--to takes the witness's key too"),
        (("check", "base.tinkuy", "--policy", "pw.witness"), "pw.witness: line 1 of the policy"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_line(terminal: Terminal, words: tuple[str, ...], sentence: str) -> None:
    said = terminal.run("witness", "--dir", "w", *words, code=2)
    assert sentence in said
    assert said.count("\n") == 1


def test_a_book_that_is_not_followed_is_not_cosigned(terminal: Terminal) -> None:
    assert "does not follow" in add(terminal, "base.tinkuy", code=1)


def test_a_wrong_passphrase_opens_nothing(terminal: Terminal) -> None:
    terminal.run("witness", "--dir", "w", "follow", "base.tinkuy")
    Path("pw.witness").write_text("otra\n", encoding="utf-8")
    assert "does not open this key file" in add(terminal, "base.tinkuy", code=2)


def test_verify_says_who_cosigned_the_federations_book(terminal: Terminal) -> None:
    federation = Federation(bases(3)).played()
    files = dict(federation.returns.members())
    at = checkpoint.parse(files["federation/checkpoint"])
    line = cosignature.sign(at, NAME, KEY, 1_772_985_600)
    archive = Archive.of(federation)
    archive.federation = BookCopy(archive.federation.bodies, cosignature.cosigned(at, line).note)
    Path("plain.tinkuy").write_bytes(packed(files))
    Path("cosigned.tinkuy").write_bytes(packed(archive.files()))
    trusted = cosignature.Cosigner(NAME, KEY.public).vkey
    Path("trust").write_text(f"witness sister {trusted}\nquorum sister\n", encoding="utf-8")
    said = terminal.run("verify", "cosigned.tinkuy", "--policy", "trust")
    assert "The archive is sound" in said
    assert said.splitlines()[-1] == "The policy holds: the quorum cosigned."
    assert "sister did not cosign" in terminal.run("verify", "plain.tinkuy", "--policy", "trust", code=1)
    data = json.loads(terminal.run("verify", "cosigned.tinkuy", "--policy", "trust", "--json"))
    assert (data["sound"], data["policy"]["cosigned"]) == (True, {"sister": 1_772_985_600})


def called(body: bytes, method: str = "POST", path: str = "/add-checkpoint") -> tuple[int, dict[str, str], bytes]:
    """What the service answers to a request whose body comes in small parts."""
    witness = Witness(Path("w/witness.sqlite"))
    parts = [body[place : place + 1000] for place in range(0, len(body), 1000)] or [b""]
    came, sent = iter(parts), []

    async def receive() -> dict[str, Any]:
        part = next(came)
        return {"type": "http.request", "body": part, "more_body": part is not parts[-1]}

    async def send(message: Any) -> None:
        sent.append(message)

    service = witness_serve.application(witness, KEY, Path("w"), lambda: 1_772_985_600)
    asyncio.run(service({"type": "http", "path": path, "method": method}, receive, send))
    witness.close()
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], headers, sent[1]["body"]


def test_the_service_answers_with_the_status_and_the_content_that_the_protocol_gives(terminal: Terminal) -> None:
    request = Submission(0, (), branch().note).encode()
    assert called(request)[0] == 404
    terminal.run("witness", "--dir", "w", "follow", "base.tinkuy")
    status, _, body = called(request)
    assert (status, body.count(b"\n"), body[:4]) == (200, 1, "\u2014 ".encode())
    status, headers, body = called(request)
    assert (status, headers["content-type"], body) == (409, "text/x.tlog.size", f"{SIZE}\n".encode())
    assert called(Submission(SIZE, (), branch(9).note).encode())[0] == 422
    assert called(b"anything")[0] == 400
    assert called(Submission(0, (), branch().note[:-100] + b"\n").encode())[0] == 400
    assert called(b"x" * (MAX_BODY + 1))[0] == 413
    assert called(request, method="GET")[0] == 405
    assert called(request, path="/")[0] == 404


def test_a_file_that_fails_is_answered_so_and_nothing_is_cosigned(terminal: Terminal, tmp_path: Path) -> None:
    make(tmp_path / "other.sqlite", NAME, KEY.public)
    witness = Witness(tmp_path / "other.sqlite")
    witness.close()
    status, _, body = witness_serve.answered(witness, KEY, NAME, tmp_path, 0, Submission(0, (), branch().note).encode())
    assert status == 503
    assert "\u2014".encode() not in body


@pytest.fixture
def address(terminal: Terminal) -> Iterator[str]:
    """A witness served by a process of its own."""
    terminal.run("witness", "--dir", "w", "follow", "base.tinkuy")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["witness", "--dir", "w", "serve", "--port", str(port), *PASS]
    program = f"import sys; from tinkuy.cli.main import main; sys.exit(main({words!r}))"
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=os.environ) as child:
        assert child.stdout is not None
        assert f"127.0.0.1:{port}" in child.stdout.readline()
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/")
                break
            except httpx.ConnectError:
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
        child.terminate()
        assert child.wait(10) == 0, "it ends when it is told to"


def test_a_checkpoint_is_submitted_over_the_network_with_a_proof_from_the_book(
    terminal: Terminal, address: str
) -> None:
    def submit(file: str, *more: str, code: int = 0) -> str:
        return terminal.run("witness", "add-checkpoint", file, "--to", address, "--key", key, *more, code=code)

    key = vkey(terminal)
    submit("base.tinkuy", "--out", "one")
    submit(put("longer.tinkuy", branch(9, 8)), "--out", "two.tinkuy")
    for file in ("one", "two.tinkuy"):
        terminal.run("witness", "check", file, "--policy", policy(terminal))
    assert f"has seen {SIZE + 2} acts of this book" in submit("base.tinkuy", code=1)
    assert "a fork" in submit(put("other.tinkuy", branch(7, 6)), code=1)
    assert "answers 422" in submit(put("more.tinkuy", branch(7, 6, 5)), code=1)
    stranger = cosignature.Cosigner(NAME, SigningKey.from_seed(bytes(32)).public).vkey
    again = ("witness", "add-checkpoint", "longer.tinkuy", "--to", address, "--key", stranger)
    assert "no cosignature of observers.example/w1" in terminal.run(*again, code=2)


def test_a_witness_that_is_not_there_is_said_in_one_line(terminal: Terminal) -> None:
    words = ("witness", "add-checkpoint", "base.tinkuy", "--to", "http://127.0.0.1:1", "--key", vkey(terminal))
    said = terminal.run(*words, code=2)
    assert said.startswith("http://127.0.0.1:1: ")
    assert said.count("\n") == 1


def test_other_lines_of_a_witness_are_let_go() -> None:
    at = checkpoint.parse(branch().note)
    mine = cosignature.sign(at, NAME, KEY, 7)
    other = signature_line("elsewhere", KEY.public, KEY.sign(b"x"))
    taken = _cosigned(at, other + mine, cosignature.Cosigner(NAME, KEY.public), "http://w")
    assert taken.note == at.note + mine
    assert base64.b64decode(mine.split()[2])[4:12] == bytes(7) + b"\x07"
