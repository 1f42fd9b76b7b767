"""Hand a message to the method registered for its class."""


class Dispatcher:
    def __init__(self, table):
        self._table = dict(table)

    def __call__(self, message):
        return self._table[type(message)](message)
