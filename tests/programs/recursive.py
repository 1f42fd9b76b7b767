# chain: put -> target
import queue
q = queue.Queue()
class M: pass
def target(m): print("target")
def step(last=None):
    if last is not None:
        target(last)
        return
    m = q.get()
    step(m)
def put(): q.put(M())
put(); step()
