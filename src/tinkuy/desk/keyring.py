"""The keys of a body's officers on this device: one sealed file a key, each opened by its officer's own passphrase.

Guarantees that a private key touches the disk only encrypted (argon2id, XChaCha20-Poly1305), in files that their owner
alone can read (0600, folder 0700), never over another key; and that the key which comes next exists before the book
commits to it. Which file holds a key is found by the public half that the book names, so that a rotation cut short by
a power failure is finished by the next one, and a folder that came back from a backup is told from the present one.

    keys/secretary.json         the key that seals now
    keys/secretary.next.json    the one that the book has committed to, until it is kept apart

Source: book.md, "Keys" (pre-rotation); `book.keys`.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tinkuy.assembly.founding import ROLE, Officer
from tinkuy.book import keys
from tinkuy.book.entry import read_canonical
from tinkuy.book.errors import BookError
from tinkuy.book.keys import MODERATE, Cost, SigningKey, commitment
from tinkuy.desk.files import appearing
from tinkuy.words import Spoken, say

Random = Callable[[int], bytes]
AtHand = Literal["here", "other", "none"]  # the key in use; only one that the book does not name now; no key
SHORTEST = 8  # characters of a passphrase
_NOW, _NEXT, _AFTER = "", ".next", ".after"
_MOST = 4_096  # bytes of a key file


class KeyringError(Spoken):
    """A key that is not here, or does not open; it names the file."""


@dataclass(frozen=True, slots=True)
class Keyring:
    """The key files of a folder. A key for a role on another laptop is that role's file carried there."""

    folder: Path

    def create(self, role: str, passphrase: str, random: Random, cost: Cost = MODERATE) -> Officer:
        """Make the key of a role and the one that follows it; the seat that the founding act names.

        Raises `KeyringError` when the role has a key here, cannot be a role, or the passphrase is too short.
        """
        check_role(role)
        check_passphrase(passphrase)
        if self.has(role):
            raise KeyringError(
                say("{file} is there already: a key is never written over", file=str(self._file(role, _NOW)))
            )
        now, following = keys.generate(random), keys.generate(random)
        self._write(role, _NOW, now, passphrase, random, cost)
        self._write(role, _NEXT, following, passphrase, random, cost)
        return Officer(role, now.public.hex(), commitment(following.public).hex())

    def discard(self, role: str) -> None:
        """Take away the keys of a role that no book has named: a founding that was refused."""
        for place in (_NOW, _NEXT):
            self._file(role, place).unlink(missing_ok=True)

    def unseal(self, officer: Officer, passphrase: str) -> SigningKey:
        """The private key of a seat. Raises `KeyringError` when it is not on this device or does not open."""
        for file in self._files(officer.role):
            if _public(file) == officer.key:
                return open_file(file, passphrase)
        if self.at_hand(officer) == "other":
            raise KeyringError(
                say(
                    "the key of {role} in {folder} is not the one that the book names now: it was replaced, or the "
                    "folder came back from a backup; keys are not restored but recovered: tinkuy desk keys recover",
                    role=officer.role,
                    folder=str(self.folder),
                )
            )
        raise KeyringError(
            say(
                "the key that {role} needs is not in {folder}: bring its file from the laptop where it was made",
                role=officer.role,
                folder=str(self.folder),
            )
        )

    def following(self, officer: Officer, passphrase: str) -> SigningKey:
        """The key that the book has committed to, from this folder. Raises `KeyringError` when it is kept apart."""
        return open_file(self._following(officer), passphrase)

    def succeed(
        self, officer: Officer, key: SigningKey, passphrase: str, random: Random, cost: Cost = MODERATE
    ) -> Officer:
        """The seat after a rotation or a recovery to this key, the committed one, wherever it was kept.

        It and the key of the new commitment are on disk when this returns. The files take their new names in `settle`,
        once the book has recorded the act. Raises `KeyringError` when the book has not committed to the key.
        """
        if commitment(key.public).hex() != officer.next:
            raise KeyringError(say("this is not the key that the book has committed to for {role}", role=officer.role))
        self.settle(officer)
        file = self._file(officer.role, _NEXT)
        if not file.exists():
            self._write(officer.role, _NEXT, key, passphrase, random, cost)
        elif _public(file) != key.public.hex():
            raise KeyringError(say("{file} holds another key: move it elsewhere first", file=str(file)))
        after = keys.generate(random)
        self._write(officer.role, _AFTER, after, passphrase, random, cost)
        return Officer(officer.role, key.public.hex(), commitment(after.public).hex())

    def keep_apart(self, officer: Officer, passphrase: str, file: Path) -> None:
        """Move the sealed file of the committed key to another place, once it is there and opens.

        Raises `KeyringError` when it is not here, does not open, or something is in its place already.
        """
        held = self._following(officer)
        open_file(held, passphrase)
        if file.exists():
            raise KeyringError(say("{file} is there already: a key is never written over", file=str(file)))
        with appearing(file, private=True) as copy:
            copy.write(held.read_bytes())
        open_file(file, passphrase)
        _names_kept(file.parent)  # before the only other copy goes
        held.unlink()

    def forget_following(self, officer: Officer) -> None:
        """Take away the file of the committed key, which is on paper now."""
        self._following(officer).unlink()

    def settle(self, officer: Officer) -> None:
        """Name the files as the book names the keys: the former key is gone, the next is the present one."""
        following, after = self._file(officer.role, _NEXT), self._file(officer.role, _AFTER)
        if following.exists() and _public(following) == officer.key:
            following.replace(self._file(officer.role, _NOW))
        if after.exists() and not following.exists():
            after.replace(following)

    def has(self, role: str) -> bool:
        """Whether any key of a role is on this device."""
        return bool(self._files(role))

    def holds(self, officer: Officer) -> bool:
        """Whether the key of a seat is on this device."""
        return self.at_hand(officer) == "here"

    def at_hand(self, officer: Officer) -> AtHand:
        """What this folder has for a seat: the key in use, only keys that are not, or none."""
        found = {public for file in self._files(officer.role) if (public := _public(file))}
        if officer.key in found:
            return "here"
        return "other" if any(not _committed(public, officer) for public in found) else "none"

    def holds_following(self, officer: Officer) -> bool:
        """Whether the key that the book has committed to lies in this folder, beside the one in use."""
        return any(_committed(_public(file), officer) for file in self._files(officer.role))

    def _file(self, role: str, place: str) -> Path:
        return self.folder / f"{role}{place}.json"

    def _files(self, role: str) -> list[Path]:
        return [file for place in (_NOW, _NEXT, _AFTER) if (file := self._file(role, place)).exists()]

    def _following(self, officer: Officer) -> Path:
        for file in self._files(officer.role):
            if _committed(_public(file), officer):
                return file
        raise KeyringError(
            say(
                "the next key of {role} is not in {folder}: give the file in which it is kept apart "
                "(--next {role}=FILE), or type its phrase (--phrase {role})",
                role=officer.role,
                folder=str(self.folder),
            )
        )

    def _write(self, role: str, place: str, key: SigningKey, passphrase: str, random: Random, cost: Cost) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        with appearing(self._file(role, place), private=True) as file:
            file.write(keys.seal(key, passphrase, random, cost).encode("ascii"))
        _names_kept(self.folder)  # the book is about to commit to this key


def check_role(role: str) -> None:
    """Raise `KeyringError` for what cannot be a role, and so not a file's name."""
    if ROLE.fullmatch(role) is None:
        raise KeyringError(say("“{role}” is not a role: use small letters, e.g. chair", role=role))


def check_passphrase(passphrase: str) -> None:
    """Raise `KeyringError` when a new passphrase is too short to protect anything."""
    if len(passphrase) < SHORTEST:
        raise KeyringError(say("a passphrase has at least {least} characters: four words will do", least=SHORTEST))


def _text(file: Path) -> str:
    with file.open("rb") as opened:
        return opened.read(_MOST).decode("utf-8", "replace")


def open_file(file: Path, passphrase: str) -> SigningKey:
    """The key in a sealed file, wherever it is kept. Raises `KeyringError` naming the file."""
    try:
        return keys.unseal(_text(file), passphrase)
    except BookError as error:
        raise KeyringError(say("{file}: {fault}", file=str(file), fault=error.said)) from None


def _names_kept(folder: Path) -> None:
    """Return once the names of the files in a folder outlive a power failure."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _committed(public: str, officer: Officer) -> bool:
    return bool(public) and commitment(bytes.fromhex(public)).hex() == officer.next


def _public(file: Path) -> str:
    """The public half that a key file names: 64 hexadecimal digits, or "" in a file that is no key's."""
    try:
        public = str(read_canonical(_text(file).strip().encode(), _MOST).get("public", ""))
        return public if len(bytes.fromhex(public)) == 32 else ""
    except (BookError, ValueError):
        return ""
