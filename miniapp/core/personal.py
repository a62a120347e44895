"""Personal data, usable on purpose and unreadable by accident. For names, birth dates, phone and identity numbers.

It is no string: formatting, JSON, logs, queue notes and addresses show `•••`. Write `.reveal` to see it; reviewers
search for that word."""

MASK = "•••"


class Personal:
    """One piece of personal data."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    @property
    def reveal(self) -> str:
        """The value itself; only where a person who may read it reads it, or where it is compared."""
        return self._value

    def __str__(self) -> str:
        return MASK

    __repr__ = __str__

    def __format__(self, spec: str) -> str:
        return MASK

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Personal) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __reduce__(self) -> str:
        raise TypeError("personal data is not pickled")
