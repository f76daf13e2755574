"""Conditions on records as values: ``crm.field("name").starts_with("A") & (crm.field("status") == "active")``."""
from __future__ import annotations

from typing import Any, Dict, Iterable

from crm._crm import filter_json

__all__ = ["Filter", "field", "relative", "saved"]


class Filter:
    """A condition: made with :func:`field`, joined by ``&``, ``|`` and ``~``; a value that is never changed.

    Fields and operators are checked when it is used, before the file is asked anything.
    """

    __slots__ = ("_tree",)

    def __init__(self, tree: Dict[str, Any]) -> None:
        self._tree = tree

    def to_dict(self) -> Dict[str, Any]:
        """The condition as the library writes it: {"field": …, "op": …, "value": …}, {"and": […]}, {"not": …}."""
        return self._tree

    def to_json(self) -> str:
        """The condition as JSON text, for keeping or for ``crm list --where``."""
        return filter_json(self._tree)

    def __and__(self, other: Filter) -> Filter:
        return Filter({"and": [self._tree, other._tree]})

    def __or__(self, other: Filter) -> Filter:
        return Filter({"or": [self._tree, other._tree]})

    def __invert__(self) -> Filter:
        return Filter({"not": self._tree})

    def __bool__(self) -> bool:
        raise TypeError("conditions are joined by & | ~, with each comparison in parentheses, not by and, or, not")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Filter) and self._tree == other._tree

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __repr__(self) -> str:
        return f"Filter({self._tree!r})"


class field:
    """Starts a condition on a field: a column, "id", "owner", "unit", "created_at", "changed_at", a path across
    references ("contact.party.name") or into children ("point.normalized").

    Values are str, int, bool, Decimal, date, aware datetime, a record, a Ref, None, or :func:`relative`.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def _compare(self, op: str, value: Any) -> Filter:
        return Filter({"field": self.name, "op": op, "value": value})

    def __eq__(self, value: Any) -> Filter:  # type: ignore[override]
        return self._compare("eq", value)

    def __ne__(self, value: Any) -> Filter:  # type: ignore[override]
        return self._compare("ne", value)

    __hash__ = None  # type: ignore[assignment]

    def __lt__(self, value: Any) -> Filter:
        return self._compare("lt", value)

    def __le__(self, value: Any) -> Filter:
        return self._compare("le", value)

    def __gt__(self, value: Any) -> Filter:
        return self._compare("gt", value)

    def __ge__(self, value: Any) -> Filter:
        return self._compare("ge", value)

    def is_in(self, values: Iterable[Any]) -> Filter:
        """Any of at most 10,000 values."""
        return self._compare("in", list(values))

    def not_in(self, values: Iterable[Any]) -> Filter:
        """None of at most 10,000 values."""
        return self._compare("not_in", list(values))

    def between(self, low: Any, high: Any) -> Filter:
        """From low to high, both included."""
        return self._compare("between", [low, high])

    def contains(self, text: str) -> Filter:
        """Text that contains another, blind to case and diacritics."""
        return self._compare("contains", text)

    def starts_with(self, text: str) -> Filter:
        """Text that begins with another, blind to case and diacritics."""
        return self._compare("starts_with", text)

    def ends_with(self, text: str) -> Filter:
        """Text that ends with another, blind to case and diacritics."""
        return self._compare("ends_with", text)

    def same(self, text: str) -> Filter:
        """Text equal but for case and diacritics."""
        return self._compare("same", text)

    def is_null(self) -> Filter:
        """Absent."""
        return Filter({"field": self.name, "op": "is_null"})

    def not_null(self) -> Filter:
        """Present."""
        return Filter({"field": self.name, "op": "not_null"})


def saved(which: Any) -> Filter:
    """What a saved filter says when this is used: by its name, or as a record or reference of ``saved_filters``."""
    return Filter({"saved": which if isinstance(which, str) else {"id": int(getattr(which, "id", which))}})


def relative(period: str, offset: int = 0) -> Dict[str, Any]:
    """A period that moves with the day, in the session's zone: today, yesterday, tomorrow, this_week, last_week,
    next_week, and so for month and year; or "days" with an offset (-30: thirty days ago).

    ``field("start_at") == relative("this_week")`` means within it, ``<`` before it, ``>=`` from its start on.
    """
    value: Dict[str, Any] = {"relative": period}
    if offset:
        value["offset"] = offset
    return value
