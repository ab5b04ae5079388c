"""A roll-up under encryption (cómputo cifrado): boxes of several bases add up a tree, and only large sums are opened.

Guarantees that a base which is too small to be shown alone is never decrypted alone, nor found by subtracting what was
decrypted; that each sum which is opened is that of the ballots in the boxes below it; and that anybody recomputes all
of it from files: the boxes' archives, and the folder of the roll-up.

    tree          which box is below which node          plan      what is added up, what is opened: one file, hashed
    disclosure    which nodes may be opened              share     a trustee's decryption of every sum; the result
    box           a box is judged, and its sum taken     audit     everything checked, by an observer
    record        what a trustee has opened before       verdict   what is concluded, and why

Boxes are elections of their own, each with its list of credentials, under one key: the ballots of each are bound to
its election, so that none can be moved to another. No cryptography is added to that of the Belenios specification: a
node is decrypted as an election is, and what is decrypted is the product of tallies.

Source: Belenios specification 2.0, 4.15 to 4.19; `docs/decisions/ballot-rollup.md`.
"""
