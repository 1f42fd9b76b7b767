# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5; m6 -> t6; m7 -> t7
import threading, functools
def t1(): print("t1")
def t2(): print("t2")
def t3(): print("t3")
def t4(): print("t4")
def t5(): print("t5")
def t6(): print("t6")
def t7(): print("t7")
def other(): print("other")
class Swallow:
    def __enter__(self): return self
    def __exit__(self, *a): return True
def f1(flag):
    try:
        assert flag
    except AssertionError:
        other()
    t1()
def f2(flag):
    with Swallow():
        if not flag: raise ValueError
    t2()
def f3(flag, /, **kw):
    if flag: t3()
    else: other()
def f4(flag=False):
    if flag: t4()
    else: other()
def dec(fn):
    @functools.wraps(fn)
    def inner(*a, **k):
        return fn(*a, flag=True)
    return inner
@dec
def f5(flag=False):
    if flag: t5()
    else: other()
def f6(kind):
    if kind == "stop": t6()
    else: other()
class A:
    flag = False
    @property
    def on(self): return 1
    @on.setter
    def on(self, flag):
        if flag: t7()
        else: other()
def m1(): f1(False)
def m2(): f2(False)
def m3(): f3(True, flag=False)
def m4():
    t = threading.Thread(target=f4, kwargs={"flag": True}); t.start(); t.join()
def m5(): f5()
def m6(x=""): f6(f"{x}stop")
def m7(): A().on = True
def g(): f1(True); f2(True); f3(False); f4(False); f5(flag=0); f6("a"); A().on = False
m1(); m2(); m3(); m4(); m5(); m6(); m7(); g()
