# chain: p1 -> t1; p2 -> t2; p3 -> t3; p4 -> t4; p5 -> t5; p6 -> t6
import queue, asyncio, threading, enum
def t1(*a): print("t1")
def t2(*a): print("t2")
def t3(*a): print("t3")
def t4(*a): print("t4")
def t5(*a): print("t5")
def t6(*a): print("t6")
def other(*a): print("other")
class M: pass
q1, q2, q3, q4, q5, q6 = [queue.Queue() for _ in range(6)]
q1 = queue.Queue()
q2 = queue.Queue()
q3 = queue.Queue()
q4 = queue.Queue()
q5 = queue.Queue()
q6 = queue.Queue()
class PQ(queue.Queue):
    def _put(self, item): super()._put(None if isinstance(item, M) else item)
q4 = PQ()
def p1(): q1.put((1, M()))
def c1():
    global pending
    kind, m = q1.get()
    try:
        if kind == 2: raise ValueError
    finally: t1(m)
def p2(): q2.put(None)
def c2():
    try:
        with threading.Lock():
            m = q2.get()
            if m is None: raise StopIteration
        other()
    except StopIteration:
        t2()
def p3(): q3.put(False)
def c3():
    m = q3.get()
    if m is None: return
    if m == 0: t3()
def p4(): q4.put(M())
def c4():
    m = q4.get()
    if m is None: t4()
    else: other()
def p5(): q5.put(None)
def c5():
    def cb(): t5()
    run = [cb, other]
    m = q5.get()
    if m is not None: other(); return
    for r in run: r()
def p6(): q6.put(M())
class C6:
    def loop(self):
        for m in iter(self.take, None): pass
    def take(self):
        if hasattr(self, "m"): t6(self.m); return None
        self.m = q6.get()
        return self.m
p1(); p2(); p3(); p4(); p5(); p6(); c1(); c2(); c3(); c4(); c5(); C6().loop()
