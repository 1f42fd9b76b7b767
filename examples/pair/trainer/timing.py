"""A decorator with an argument, as training code is full of."""

import functools
import time
from collections import defaultdict

SECONDS: defaultdict[str, float] = defaultdict(float)


def timed(label):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(*args, **kwargs):
            start = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                SECONDS[label] += time.perf_counter() - start

        return wrapper

    return decorate
