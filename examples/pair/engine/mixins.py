"""Parts of the scheduler that live in a file of their own."""

from engine.messages import Flush, Reply


class CacheMixin:
    def handle_flush(self, message: Flush) -> Reply:
        count = len(self.cache)
        self.cache.clear()
        return Reply(f"flushed {count}: {message.reason}")
