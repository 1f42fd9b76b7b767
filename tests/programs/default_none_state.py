# chain: main -> target; main2 -> target2; main3 -> target3; main4 -> target4
import functools
def target(): print("target")
def target2(): print("target2")
def target3(): print("target3")
def target4(): print("target4")
def other(): print("other")
def f(x=None):
    if x is None: other()
    else: target()
def deco(fn):
    def inner(*a, **k):
        k["x"] = 1
        return fn(*a, **k)
    return inner
@deco
def f2(x=None):
    if x is not None: target2()
    else: other()
def setdef(fn):
    fn.__defaults__ = (True,)
    return fn
@setdef
def f3(flag=False):
    if flag: target3()
    else: other()
class A:
    def f4(self, flag=False):
        if flag: target4()
        else: other()
class B(A):
    f4 = functools.partialmethod(A.f4, flag=True)
def main(): functools.partial(f, x=2)()
def main2(): f2()
def main3(): f3()
def main4(): B().f4()
def g(): f(None); f(); f3(False); A().f4(False)
main(); main2(); main3(); main4(); g()
