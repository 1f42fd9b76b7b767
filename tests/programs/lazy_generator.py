# chain: put -> target
import queue
q = queue.Queue()
class M: pass
def target(): print("target")
def numbers():
    target()
    yield 1
def consumer():
    it = numbers()
    m = q.get()
    for n in it:
        print(m)
def put(): q.put(M())
put(); consumer()
