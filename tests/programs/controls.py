# chain: c1 -> target; c2 -> target; c3 -> target4; c4 -> target4
import queue
STOP = DONE = object()
q = queue.Queue()
def target(): print("target")
def other(): print("other")
def other3(): print("other3")
def target4(): print("target4")
def f(flag):
    if flag: other()
    else: target()
def c1(): f(0)
def c2(): f(00)
def g(): f(1)
def h(x):
    if x is STOP: target4()
    else: other3()
def c3(): h(STOP)
def c4(): h(DONE)
def g2(): h(3)
c1(); c2(); g(); c3(); c4(); g2()
