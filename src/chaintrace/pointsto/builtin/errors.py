"""Exceptions: their built-in classes, and the methods that give the exception itself."""

import builtins

from chaintrace.pointsto.models import Invocation, Models


def register(models: Models) -> None:
    """Register the built-in exceptions."""
    for name, cls in sorted(vars(builtins).items()):
        if isinstance(cls, type) and issubclass(cls, BaseException) and cls is not BaseException:
            models.bases[f"builtins.{name}"] = f"builtins.{cls.__mro__[1].__name__}"
    models.function("builtins.BaseException.with_traceback")(_itself)


def _itself(call: Invocation) -> None:
    if call.receiver is not None:
        call.give(call.receiver)
