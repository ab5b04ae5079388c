"""A trustee's key (clave de escrutinio): the private exponent x, and X = g^x with a proof that its owner knows x.

Guarantees that nobody publishes a key made of other trustees' keys: whoever has no x has no proof. The private key is
its number in JSON, the public one a structure; both are the files of belenios-tool, `ID.privkey` and `ID.pubkey`.

Source: Belenios specification 2.0, 4.5; the fields `signature` and `name` as in version 3.0.
"""

from __future__ import annotations

import msgspec

from tinkuy.ballot.encoding import dumps, loads, read_natural
from tinkuy.ballot.errors import BallotError
from tinkuy.ballot.group import Element, Group, Source
from tinkuy.ballot.proofs import Proof, schnorr_prove, schnorr_verify
from tinkuy.words import Said, say

MAX_NAME = 200
_MAX_PRIVATE = 2_048


class PublicKey(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """X with its proof of knowledge; `signature` is there when trustees share a key by a threshold."""

    pok: Proof
    public_key: str
    signature: Proof | None = None
    name: str | None = None


def new_private(group: Group, source: Source) -> int:
    """A private key: a uniform exponent other than 0."""
    while not (x := group.random(source)):
        pass  # the identity is no key; this happens once in 2^250
    return x


def public(group: Group, x: int, source: Source, name: str | None = None) -> PublicKey:
    """The public half of a private key, with a fresh proof that x is known."""
    written = group.write(group.base(x))
    return PublicKey(pok=schnorr_prove(group, _pok(group, written), x, source), public_key=written, name=name)


def verified(group: Group, key: PublicKey, who: Said) -> Element:
    """X. `who` names the trustee; raises `BallotError` unless X is in the group, not 1, and its proof holds."""
    if key.name is not None and len(key.name) > MAX_NAME:
        raise BallotError(say("{who}: a name has at most {limit} characters.", who=who, limit=MAX_NAME))
    x = element(group, key.public_key, who, say("public key"))
    if x == group.one:
        raise BallotError(say("{who}: the public key is 1, which hides nothing.", who=who))
    if not proven(group, _pok(group, key.public_key), key.pok, x, who):
        raise BallotError(say("{who}: the proof of knowledge of the private key does not hold.", who=who))
    return x


def write_private(x: int) -> bytes:
    """The private key's file, in clear. Keep it as one keeps a key."""
    return dumps(str(x))


def read_private(group: Group, data: bytes) -> int:
    """The exponent in a private key's file. Raises `BallotError`, which never quotes what the file says."""
    number = loads(data, say("a private key"), _MAX_PRIVATE)
    return secret_exponent(group, number if isinstance(number, str) else "", say("The file of the private key"))


def secret_exponent(group: Group, text: str, what: Said, terms: int = 1) -> int:
    """The exponent in `text`, other than 0. The error names `what` and does not quote the text, which is secret.

    `terms` is of how many exponents it may be the sum: version 2.0 writes sums without taking them modulo q.
    """
    number = read_natural(text, group.order * terms)
    if number < 0 or number % group.order == 0:
        raise BallotError(say("{what} holds no exponent of {group}.", what=what, group=group.name))
    return number % group.order


def element(group: Group, text: str, who: Said, what: Said) -> Element:
    """`group.read`, with the trustee and the field named in the error."""
    try:
        return group.read(text)
    except BallotError as error:
        raise BallotError(say("{who}, {what}: {why}", who=who, what=what, why=error.said)) from None


def proven(group: Group, prefix: str, proof: Proof, x: Element, who: Said) -> bool:
    """`schnorr_verify`, with the trustee named in the error when the proof's numbers are not canonical."""
    try:
        return schnorr_verify(group, prefix, proof, x)
    except BallotError as error:
        raise BallotError(say("{who}: {why}", who=who, why=error.said)) from None


def _pok(group: Group, written: str) -> str:
    return f"pok|{group.name}|{written}|"
