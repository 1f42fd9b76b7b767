"""Stand-in for a just-in-time compiler: an object around a function, called like the function."""


class Compiled:
    def __init__(self, function):
        self._function = function
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        return self._function(*args, **kwargs)


def compiled(function):
    return Compiled(function)
