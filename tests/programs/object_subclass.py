# chain: main -> target; main2 -> target2; main3 -> target3
import dataclasses
def target(): print("target")
def target2(): print("target2")
def target3(): print("target3")
def other(): print("other")
class P:
    def __init__(self): self.__class__ = Q
class Q(P): pass
def f(x):
    if isinstance(x, Q): target()
    else: other()
class Mock:
    @property
    def __class__(self): return Q
def f2(x):
    if isinstance(x, Q): target2()
    else: other()
class L:
    def __init__(self): self.n = 0
L.__len__ = lambda self: 0
def f3(x):
    if x: other()
    else: target3()
def main(): f(P())
def main2(): f2(Mock())
def main3(): f3(L())
def g(): f(3); f2(3); f3(None); f3(1)
main(); main2(); main3(); g()
