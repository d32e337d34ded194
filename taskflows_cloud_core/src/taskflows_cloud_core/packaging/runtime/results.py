"""Turns what a function gives back into the types of JSON.

===================================  =========================================================================
what                                 becomes
===================================  =========================================================================
coroutine                            its result, awaited
generator, async generator           the list of what it yields, run to its end
dict, other mappings                 object; keys as below, and no two the same
list, tuple                          array
set, frozenset                       array, sorted where its elements can be
datetime, date, time                 ISO 8601 text; null for pandas' NaT
timedelta                            seconds, a number
Decimal                              text, as ``str`` gives it
UUID, Path                           text
bytes, bytearray, memoryview         base64 text
Enum                                 the form of its value
dataclass, attrs object              object of its fields
pydantic model                       object of its fields
numpy scalar, array                  as Python's own kind of it; array
named tuple                          array
float NaN and infinities             null
keys of objects                      text; numbers, booleans and None as JSON writes them; what has a text form
===================================  =========================================================================

Everything else is a TypeError that names the type and the place.
"""

import sys
from collections.abc import Callable, Iterable, Mapping
from types import AsyncGeneratorType, CoroutineType, GeneratorType
from typing import Any


def finish(result: Any) -> Any:
    """Run a result to its end and turn it into the types of JSON.

    Args:
        result: What the function gave back.

    Raises:
        TypeError: A part of it has no form in JSON.
        ValueError: It contains itself, is nested too deeply, has text that is none in UTF-8, or two keys of an object
            become the same text.
    """
    if isinstance(result, AsyncGeneratorType) or hasattr(result, "__await__"):
        from .loop import is_on_loop, run_to_end

        if is_on_loop():
            if isinstance(result, CoroutineType):
                result.close()
            raise RuntimeError("this would wait on the event loop for another run on the same loop")
        result = run_to_end(_awaited(result))
    if isinstance(result, GeneratorType):
        result = list(result)
    try:
        return _to_json(result, "the result", ())
    except RecursionError:
        raise ValueError("the result is nested too deeply for JSON; return a flatter value") from None


async def _awaited(result: Any) -> Any:
    return [item async for item in result] if isinstance(result, AsyncGeneratorType) else await result


def _to_json(value: Any, place: str, above: tuple[int, ...]) -> Any:
    kind = type(value)
    if value is None or kind in (bool, int):
        return value
    if kind in (str, float):
        return _text(value, place) if kind is str else _number(value)
    if id(value) in above:
        raise ValueError(f"{place} contains itself; return a value without a circle")
    inside = (*above, id(value))
    for kind, convert in _forms():
        if isinstance(value, kind):
            return _to_json(convert(value), place, inside)
    if isinstance(value, list | tuple | set | frozenset):
        return [_to_json(item, f"{place}[{index}]", inside) for index, item in enumerate(_ordered(value))]
    items = _items(value)
    if items is None:
        named = f"{type(value).__module__}.{type(value).__qualname__}"
        raise TypeError(f"{place} is of type {named}, which JSON cannot hold; return text, numbers, lists or dicts")
    return _object(items, place, inside)


def _number(value: float) -> float | None:
    return value if value - value == 0 else None  # NaN and infinities differ from themselves


def _text(value: str, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        wrong = ascii(value[error.start : error.end])
        raise ValueError(
            f"{place} holds {wrong}, which is no text in UTF-8; decode bytes with errors='replace'"
        ) from None
    return value


def _base64(value: Any) -> str:
    from base64 import b64encode

    return b64encode(value).decode()


def _of_numpy(value: Any) -> Any:
    """A numpy scalar as Python's own kind of it; numpy gives days and times as plain counts."""
    if value.dtype.kind in "mM" and value != value:
        return None
    if value.dtype.kind == "M":
        return str(value)
    if value.dtype.kind == "m":
        return float(value / type(value)(1, "s"))
    plain = value.item()
    return float(plain) if type(plain) is type(value) else plain  # a float longer than Python's


# By module and name: a value can only be of a class whose module was imported, so none is imported for this.
_FORMS: tuple[tuple[str, str, Callable[[Any], Any]], ...] = (
    ("enum", "Enum", lambda value: value.value),
    ("builtins", "int", int),
    ("builtins", "float", float),
    ("builtins", "str", str.__str__),
    ("numpy", "generic", _of_numpy),
    ("numpy", "ndarray", lambda value: list(value) if value.ndim else value[()]),
    ("pydantic", "BaseModel", dict),
    ("datetime", "date", lambda value: value.isoformat() if value == value else None),  # NaT differs from itself
    ("datetime", "time", lambda value: value.isoformat()),
    ("datetime", "timedelta", lambda value: value.total_seconds()),
    ("decimal", "Decimal", str),
    ("uuid", "UUID", str),
    ("pathlib", "PurePath", str),
    ("builtins", "bytes", _base64),
    ("builtins", "bytearray", _base64),
    ("builtins", "memoryview", _base64),
)


def _forms() -> Iterable[tuple[type, Callable[[Any], Any]]]:
    for module, name, convert in _FORMS:
        kind = getattr(sys.modules.get(module), name, None)
        if isinstance(kind, type):
            yield kind, convert


def _ordered(value: Iterable[Any]) -> list[Any]:
    if not isinstance(value, set | frozenset):
        return list(value)
    try:
        return sorted(value)
    except TypeError:
        return sorted(value, key=repr)


def _items(value: Any) -> Iterable[tuple[Any, Any]] | None:
    """Keys and values of what becomes an object, ``None`` when it does not."""
    if isinstance(value, Mapping):
        return value.items()
    described = getattr(value, "__dataclass_fields__", None) or getattr(value, "__attrs_attrs__", None)
    if isinstance(value, type) or described is None:
        return None
    if isinstance(described, dict):
        names = [name for name, field in described.items() if field._field_type.name == "_FIELD"]
    else:
        names = [field.name for field in described]
    return [(name, getattr(value, name)) for name in names]


def _object(items: Iterable[tuple[Any, Any]], place: str, inside: tuple[int, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in items:
        text = _key(key, place, inside)
        if text in found:
            raise ValueError(f"{place} has two keys that become {text!r} in JSON; make them differ as text")
        found[text] = _to_json(value, f"{place}[{text!r}]", inside)
    return found


def _key(key: Any, place: str, inside: tuple[int, ...]) -> str:
    plain = _to_json(key, f"a key of {place}", inside)
    if isinstance(plain, str):
        return plain
    if plain is None:
        return "null"
    if isinstance(plain, bool):
        return str(plain).lower()
    if isinstance(plain, int | float):
        return repr(plain)
    raise TypeError(f"{place} has a key of type {type(key).__qualname__}, which JSON cannot hold; use text")
