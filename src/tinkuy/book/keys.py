"""Officers' keys: Ed25519 (RFC 8032), verified as strictly as libsodium does.

Guarantees that everybody reaches the same answer about a signature: the verifier is libsodium's, which refuses
non-canonical encodings and keys of small order; implementations differ on these, and replay is a matter of consensus.
A key at rest is a sealed key file, and the key that comes next is committed to before it is needed (pre-rotation); it
may rest on paper instead, as a phrase in which a slip of the pen is found by its line.

Source: RFC 8032; RFC 9106 (argon2id); draft-irtf-cfrg-xchacha-03. Phrase: `book.crockford`.
"""

from __future__ import annotations

import base64
import binascii
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256

from nacl import bindings
from nacl.exceptions import BadSignatureError, CryptoError

from tinkuy.book import crockford
from tinkuy.book.entry import canonical, read_canonical
from tinkuy.book.errors import BookError
from tinkuy.words import Said, say

_COMMITMENT = b"tinkuy/next-key/v1\x00"
_FORMAT = "tinkuy-key/v1"
_MAX_KEY_FILE = 2_048
_LINES, _DIGITS = 4, 13  # of a phrase: 52 digits hold the 256 bits of a seed and four zeros


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 private key and its public half (32 bytes). Made by `from_seed` or `generate`."""

    public: bytes
    _secret: bytes = field(repr=False)  # seed ‖ public, as libsodium takes it

    @classmethod
    def from_seed(cls, seed: bytes) -> SigningKey:
        """The key of a 32-byte seed; raises `BookError` for another length."""
        if len(seed) != bindings.crypto_sign_SEEDBYTES:
            raise BookError(say("A key's seed has 32 bytes, not {size}.", size=len(seed)))
        public, secret = bindings.crypto_sign_seed_keypair(seed)
        return cls(public, secret)

    @property
    def seed(self) -> bytes:
        """The 32 secret bytes from which the key is made."""
        return self._secret[: bindings.crypto_sign_SEEDBYTES]

    def sign(self, message: bytes) -> bytes:
        """The signature, 64 bytes; the same for the same message."""
        return bindings.crypto_sign(message, self._secret)[: bindings.crypto_sign_BYTES]


@dataclass(frozen=True, slots=True)
class Cost:
    """What opening a sealed key file costs: argon2id passes, and memory in bytes."""

    passes: int
    memory: int


MODERATE = Cost(passes=3, memory=256 * 2**20)  # libsodium's "moderate": under a second, too much for guessing
_HIGHEST = Cost(passes=16, memory=2**30)


def generate(random: Callable[[int], bytes]) -> SigningKey:
    """A new key from a source of `n` random bytes, such as `os.urandom`."""
    return SigningKey.from_seed(random(bindings.crypto_sign_SEEDBYTES))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` is the key's on `message`; False for anything malformed."""
    # libsodium trusts its caller about these lengths and would read past the end.
    if len(public) != bindings.crypto_sign_PUBLICKEYBYTES or len(signature) != bindings.crypto_sign_BYTES:
        return False
    try:
        bindings.crypto_sign_open(signature + message, public)
    except BadSignatureError:
        return False
    return True


def commitment(public: bytes) -> bytes:
    """What a body publishes today about a key that it will use later: SHA-256 of a fixed prefix and the public key."""
    return sha256(_COMMITMENT + public).digest()


def phrase(key: SigningKey) -> tuple[str, ...]:
    """The private key as four lines to be written by hand, each with a check symbol. Who reads them has the key.

    >>> phrase(SigningKey.from_seed(bytes(32)))[0]
    '00000-00000-000-0'
    """
    value, digits = int.from_bytes(key.seed) << 4, ""
    for _ in range(_LINES * _DIGITS):
        digits, value = crockford.ALPHABET[value & 31] + digits, value >> 5
    lines = (crockford.with_check(digits[at : at + _DIGITS]) for at in range(0, len(digits), _DIGITS))
    return tuple("-".join((line[:5], line[5:10], line[10:13], line[13])) for line in lines)


def from_phrase(text: str) -> SigningKey:
    """The key of a phrase as a person copied it; case, hyphens, spaces and ends of lines do not matter.

    Raises `BookError` naming the line in which there is a slip of the pen.
    """
    written = crockford.as_read("".join(text.split()))
    if len(written) != _LINES * (_DIGITS + 1):
        raise BookError(
            say(
                "The phrase has {given} letters and digits; {lines} lines of {each} are expected.",
                given=len(written),
                lines=_LINES,
                each=_DIGITS + 1,
            )
        )
    value = 0
    for number in range(_LINES):
        line = written[number * (_DIGITS + 1) : (number + 1) * (_DIGITS + 1)]
        if not crockford.check_holds(line):
            raise BookError(say("Line {line} of the phrase has a slip of the pen.", line=str(number + 1)))
        for digit in line[:-1]:
            value = value << 5 | crockford.ALPHABET.index(digit)
    if value & 15:
        raise BookError(say("Line {line} of the phrase has a slip of the pen.", line=str(_LINES)))
    return SigningKey.from_seed((value >> 4).to_bytes(bindings.crypto_sign_SEEDBYTES))


def seal(key: SigningKey, passphrase: str, random: Callable[[int], bytes], cost: Cost = MODERATE) -> str:
    """The text of a key file that `unseal` opens with the same passphrase: one line of JSON."""
    salt = random(bindings.crypto_pwhash_SALTBYTES)
    nonce = random(bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    header = {
        "format": _FORMAT,
        "memory": cost.memory,
        "nonce": _text(nonce),
        "passes": cost.passes,
        "public": key.public.hex(),
        "salt": _text(salt),
    }
    box = bindings.crypto_aead_xchacha20poly1305_ietf_encrypt(
        key.seed, canonical(header), nonce, _stretch(passphrase, salt, cost)
    )
    return canonical({**header, "box": _text(box)}).decode("ascii") + "\n"


def unseal(text: str, passphrase: str) -> SigningKey:
    """The key in a sealed key file.

    Raises `BookError` if the text is not such a file, asks for more work than this program will do, was altered, or if
    the passphrase is another.
    """
    fields = read_canonical(text.strip().encode("utf-8", "replace"), limit=_MAX_KEY_FILE)
    if fields.get("format") != _FORMAT:
        raise _not_a_key_file(say("its format is not {format}", format=_FORMAT))
    cost = Cost(_whole(fields, "passes", 1, _HIGHEST.passes), _whole(fields, "memory", 8_192, _HIGHEST.memory))
    salt = _bytes(fields, "salt", bindings.crypto_pwhash_SALTBYTES)
    nonce = _bytes(fields, "nonce", bindings.crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
    box = _bytes(fields, "box", bindings.crypto_sign_SEEDBYTES + bindings.crypto_aead_xchacha20poly1305_ietf_ABYTES)
    header = {name: value for name, value in fields.items() if name != "box"}
    try:
        seed = bindings.crypto_aead_xchacha20poly1305_ietf_decrypt(
            box, canonical(header), nonce, _stretch(passphrase, salt, cost)
        )
    except CryptoError as error:
        raise BookError(say("The passphrase does not open this key file, or the file was altered.")) from error
    key = SigningKey.from_seed(seed)
    if fields.get("public") != key.public.hex():
        raise _not_a_key_file(say("its public key is not that of its private key"))
    return key


def _stretch(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    # NFKC, so that a passphrase typed on another keyboard or system is the same bytes.
    return bindings.crypto_pwhash_alg(
        bindings.crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
        unicodedata.normalize("NFKC", passphrase).encode("utf-8", "surrogatepass"),
        salt,
        cost.passes,
        cost.memory,
        bindings.crypto_pwhash_ALG_ARGON2ID13,
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _whole(fields: dict[str, object], name: str, least: int, most: int) -> int:
    value = fields.get(name)
    if type(value) is not int or not least <= value <= most:
        raise _not_a_key_file(
            say("{name} is not a number from {least} to {most}", name=f'"{name}"', least=least, most=most)
        )
    return value


def _bytes(fields: dict[str, object], name: str, size: int) -> bytes:
    try:
        value = base64.b64decode(str(fields.get(name)), validate=True)
    except (binascii.Error, ValueError):
        value = b""
    if len(value) != size:
        raise _not_a_key_file(say("{name} is not {size} bytes in base64", name=f'"{name}"', size=size))
    return value


def _not_a_key_file(why: Said) -> BookError:
    return BookError(say("This is not a key file that can be opened: {why}.", why=why))
