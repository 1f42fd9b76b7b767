# chain: put -> target
import queue
from contextlib import ExitStack
q = queue.Queue()
class M: pass
def target(): print("target")
def consumer():
    with ExitStack() as s:
        s.callback(target)
        m = q.get()
def put(): q.put(M())
put(); consumer()
