"""The desk: what an officer can do with books, and the one way in. It loads, checks, appends, seals, exports and
receives.

`desk` keeps books in a store; `returns` takes in what bases send up; `keyring` keeps officers' keys; `roll` keeps
names, outside the book.
"""
