"""The terminal: one module a command, mounted by name in `main`."""
