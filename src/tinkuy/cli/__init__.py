"""The terminal: one module a command, mounted by name in `main`.

Help and errors are plain text that a screen reader and a pipe can take; Typer is told so before it is first imported.
"""

import os

os.environ.setdefault("TYPER_USE_RICH", "0")
