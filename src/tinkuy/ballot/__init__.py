"""Secret ballots that anyone can verify (voto secreto): the Belenios protocol, version 1.

Guarantees what the protocol does: that a voter finds her ballot in the box, that only credentials on the list vote,
once each, that the result is that of the ballots in the box, and that fewer trustees than the threshold learn nothing
of a vote. What is written here is read by belenios-tool, and the other way round. This floor has no file, clock,
randomness or network: a source of random bytes is an argument.

    encoding     compact JSON, hashes, challenges     ballot      made, checked, tracked
    group        three groups by name                 box         ballots cast, with revotes
    proofs       that a secret is known, or one of    tally       added up, decrypted, counted
    question     what is asked                        archive     `.bel` files, read and written
    election     what every voter is given            verify      an archive is checked, in words
    credential   the right to vote once               trustee     keys, shares, partial decryptions
    malformed    why bytes could not be read          rollup      boxes of small bases, opened together

Source: Belenios specification 2.0 (`/usr/share/doc/belenios-tool` on Debian) and what the program does where it is
silent: `docs/decisions/ballot.md`.
"""

from tinkuy.ballot.errors import BallotError

__all__ = ["BallotError"]
