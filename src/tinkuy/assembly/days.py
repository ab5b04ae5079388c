"""Days as statutes count them (plazos): calendar days, or business days, which leave out Saturdays and Sundays.

Holidays are not known here: they differ by country and year. Where a holiday falls in a period, the assembly gives a
day more.

>>> between("2026-03-06", "2026-03-09"), between("2026-03-06", "2026-03-09", business=True)
(3, 1)
"""

from __future__ import annotations

from datetime import date


def between(first: str, last: str, *, business: bool = False) -> int | None:
    """Days after `first` up to and with `last`; both begin with a date (2026-03-08…). None when one is not a date."""
    try:
        start, end = date.fromisoformat(first[:10]), date.fromisoformat(last[:10])
    except ValueError:
        return None
    days = (end - start).days
    if not business or days <= 0:
        return days
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((start.weekday() + 1 + step) % 7 < 5 for step in range(rest))
