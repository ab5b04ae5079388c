"""The store: where books are kept, behind one small port; `SqliteStore` is one file on a laptop, `PostgresStore` (in
`store.postgres`, with psycopg) a database for many, and `open_store` opens either by its address.
"""

from tinkuy.store.opening import open_store
from tinkuy.store.port import Store, StoreError
from tinkuy.store.sqlite import SqliteStore

__all__ = ["SqliteStore", "Store", "StoreError", "open_store"]
