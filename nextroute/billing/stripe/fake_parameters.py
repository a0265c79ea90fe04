"""What may be asked of the stand-in: exactly what the SDK's own typed parameters know, nested ones too."""

import sys
from collections.abc import Iterable
from functools import cache
from typing import Any, Literal, NotRequired, Required, Union, get_args, get_origin

import typing_extensions
from stripe import RequestOptions

from nextroute.billing.stripe.fake_errors import Refusal, invalid

type Asked = dict[str, Any]

_SDK_OWN = set(RequestOptions.__annotations__)  # how to ask, not what
_BOOLEANS = {"true": True, "false": False, True: True, False: False}
_OPTIONAL = (NotRequired, typing_extensions.NotRequired)
_WRAPPERS = (*_OPTIONAL, Required, typing_extensions.Required)


def nested(pairs: Iterable[tuple[str, str]]) -> Asked:
    """The tree that names such as `line_items[0][quantity]` make. Raises Refusal."""
    tree: Asked = {}
    for name, value in pairs:
        head, *rest = name.replace("]", "").split("[")
        here = tree
        for part, below in zip([head, *rest], rest, strict=False):
            here = here.setdefault(part, {})
            if not isinstance(here, dict):
                raise invalid(f"Invalid object: {name} ({below})", param=name)
        last = [head, *rest][-1]
        if last in here:
            raise invalid(f"Parameter given twice: {name}", param=name)
        here[last] = value
    return tree


def checked(asked: Asked, shape: type) -> Asked:
    """The same in the types that `shape`, one of the SDK's TypedDicts, gives. Raises Refusal."""
    return _object(asked, shape, "")


def honoured(asked: Asked, names: frozenset[str], *, above: str = "") -> None:
    """Refuse what Stripe knows and the stand-in has nothing behind, so that nothing is ignored in silence."""
    for name, value in asked.items():
        path = f"{above}{name}"
        if path in names:
            continue
        if not isinstance(value, dict) or not any(known.startswith(f"{path}.") for known in names):
            raise Refusal(400, f"The stand-in has nothing behind the parameter {path}.", began=False, param=path)
        honoured(value, names, above=f"{path}.")


@cache
def _hints(shape: type) -> dict[str, Any]:
    own = {name: hint for name, hint in shape.__annotations__.items() if name not in _SDK_OWN}
    spoken = vars(sys.modules[shape.__module__])
    bare = type(shape.__name__, (), {"__annotations__": own})
    return typing_extensions.get_type_hints(bare, globalns=spoken, include_extras=True)


def _object(asked: Asked, shape: type, above: str) -> Asked:
    hints = _hints(shape)
    for name in asked:
        if name not in hints:
            path = _path(above, name)
            raise invalid(f"Received unknown parameter: {path}", param=path, code="parameter_unknown")
    for name, hint in hints.items():
        if name not in asked and get_origin(hint) not in _OPTIONAL:
            path = _path(above, name)
            raise invalid(f"Missing required param: {path}.", param=path, code="parameter_missing")
    return {name: _value(value, hints[name], _path(above, name)) for name, value in asked.items()}


def _value(value: Any, hint: Any, path: str) -> Any:
    choices = list(_choices(hint))
    if value is None:
        return None
    if isinstance(value, list):
        value = {str(place): part for place, part in enumerate(value)}
    if isinstance(value, dict):
        return _branch(value, choices, path)
    return _leaf(value, choices, path)


def _choices(hint: Any) -> Iterable[Any]:
    """What a value may be, without the wrappings."""
    origin = get_origin(hint)
    if origin in _WRAPPERS:
        yield from _choices(get_args(hint)[0])
    elif origin is Union or type(hint).__name__ == "UnionType":
        for part in get_args(hint):
            yield from _choices(part)
    else:
        yield hint


def _branch(value: Asked, choices: list[Any], path: str) -> Any:
    for choice in choices:
        if typing_extensions.is_typeddict(choice):
            return _object(value, choice, path)
        if get_origin(choice) is list and all(place.isdigit() for place in value):
            of = get_args(choice)[0]
            return [_value(value[place], of, f"{path}[{place}]") for place in sorted(value, key=int)]
        if get_origin(choice) is dict:
            return {name: _value(part, get_args(choice)[1], f"{path}[{name}]") for name, part in value.items()}
    raise invalid(f"Invalid string: {value}", param=path)


def _leaf(value: Any, choices: list[Any], path: str) -> Any:
    """A single value. Stripe may know more words one day, for which the types allow any; none was sent so far."""
    if value == "":
        return _unset(choices, path)
    words = [word for choice in choices if get_origin(choice) is Literal for word in get_args(choice) if word]
    if value in words or (str in choices and not words):
        return value
    if int in choices:
        return _number(value, path)
    if bool in choices and value in _BOOLEANS:
        return _BOOLEANS[value]
    raise invalid(_why_not(value, choices, words, path), param=path)


def _why_not(value: Any, choices: list[Any], words: list[Any], path: str) -> str:
    if words:
        return f"Invalid {path}: must be one of {', '.join(map(str, words))}"
    return f"Invalid boolean: {value}" if bool in choices else f"Invalid object: {value}"


def _unset(choices: list[Any], path: str) -> str:
    if any(get_origin(choice) is Literal and "" in get_args(choice) for choice in choices):
        return ""
    raise invalid(f"You passed an empty string for '{path}'.", param=path, code="parameter_invalid_empty")


def _number(value: Any, path: str) -> int:
    try:
        return int(value)
    except ValueError:
        raise invalid(f"Invalid integer: {value}", param=path, code="parameter_invalid_integer") from None


def _path(above: str, name: str) -> str:
    return f"{above}[{name}]" if above else name
