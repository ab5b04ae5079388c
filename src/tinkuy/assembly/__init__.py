"""The assembly: acts of a body and the state they replay to.

An act is a small frozen value in the room of its topic; its `check` reads like the statute and its `apply` is its
effect. `replay` runs both over the bytes of a book: the desk before it writes, and every observer after, with the
same code.

Rooms: `founding` (body, statutes, board, affiliation), `register` (members and the roll), `vote` (opened, counted,
declared), `election` (called, filed) with `election_count` (counted, drawn, proclaimed), `mandate` (delegates). `act`
holds what an act is and the one registry; `state` the replay; `seal` who signed a copy.
"""
