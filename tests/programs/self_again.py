# chain: put -> target
import queue
q = queue.Queue()
class M: pass
def target(m): print("target")
class C:
    last = None
    def run(self):
        while self.step(): pass
    def step(self):
        if self.last: target(self.last)
        self.last = q.get(timeout=1)
        return self.last is not None
def put(): q.put(M()); q.put(None)
put(); C().run()
