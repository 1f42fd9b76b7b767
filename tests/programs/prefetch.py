# chain: put -> target
import queue
q = queue.Queue()
class M: pass
def target(m): print("target")
class Consumer:
    def __init__(self): self.last = None
    def step(self):
        if self.last is not None:
            target(self.last)
        self.last = q.get()
def put(): q.put(M())
c = Consumer()
put(); put(); c.step(); c.step()
