# chain: put -> target; put2 -> target2; put3 -> target3; put4 -> target4
import queue
q, q2, q3, q4 = queue.Queue(), queue.Queue(), queue.Queue(), queue.Queue()
q = queue.Queue()
q2 = queue.Queue()
q3 = queue.Queue()
q4 = queue.Queue()
class M: pass
def target(m): print("target")
def target2(*m): print("target2")
def target3(*m): print("target3")
def target4(*m): print("target4")
def consume():
    last = None
    while True:
        m = q.get()
        if m is None:
            if last: target(last)
            return
        last = m
def put(): q.put(M())
def consume2():
    seen = []
    while (m := q2.get()) is not None:
        seen.append(m)
    for one in seen: target2(one)
def put2(): q2.put(M())
def consume3():
    for m in iter(q3.get, None):
        done = lambda: target3(m)
    done()
def put3(): q3.put(M())
class Changing(queue.Queue):
    def get(self, *a):
        m = super().get(*a)
        return None if isinstance(m, M) else m
q5 = Changing()
def consume4():
    m = q5.get()
    if m is None: target4()
def put4(): q5.put(M())
put(); q.put(None); put2(); q2.put(None); put3(); q3.put(None); put4()
consume(); consume2(); consume3(); consume4()
