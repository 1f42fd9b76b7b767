# chain: put -> target; put -> target2; put2 -> target3
import queue
q = queue.Queue(); q2 = queue.Queue()
class M: pass
def target(*a): print("target")
def target2(*a): print("target2")
def target3(*a): print("target3")
def consumer():
    [(target2(), target(q.get())) for _ in range(2)]
def consumer2():
    while target3() or q2.get_nowait():
        pass
def put(): q.put(M())
def put2(): q2.put(M())
put(); put(); put2(); consumer()
try: consumer2()
except queue.Empty: pass
