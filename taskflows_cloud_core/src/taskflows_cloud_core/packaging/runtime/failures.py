"""What a function raises, in a form that a runtime can report: anything else would end the runtime."""


def reportable(error: BaseException) -> BaseException:
    """The exception to raise in the place of one.

    Args:
        error: What the function raised.

    Returns:
        ``error`` itself when it is an Exception whose text can leave as UTF-8, one of the same name when only the text
        cannot, and otherwise a RuntimeError that says what it was. Each has the traceback.
    """
    if isinstance(error, SystemExit):
        return _failure(f"the function left with sys.exit({error.code!r})", error)
    if not isinstance(error, Exception):
        return _failure(f"the function ended with {type(error).__name__}: {_text_of(error)}", error)
    try:
        str(error).encode()
    except Exception:  # noqa: BLE001 - whatever the user's own __str__ raises
        return _failure(_text_of(error), error, type(error).__name__)
    return error


def _text_of(error: BaseException) -> str:
    try:
        return str(error).encode(errors="backslashreplace").decode()
    except Exception as second:  # noqa: BLE001 - as above
        return f"its text cannot be had ({type(second).__name__})"


def _failure(text: str, error: BaseException, name: str = "RuntimeError") -> BaseException:
    failure: BaseException = type(name, (RuntimeError,), {"__module__": "builtins"})(text.removesuffix(": "))
    return failure.with_traceback(error.__traceback__)
