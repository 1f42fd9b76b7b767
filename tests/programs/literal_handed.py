# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5; m6 -> t6; m7 -> t7; m8 -> t8; m9 -> t9
import functools, types, threading
def t1(): print("t1")
def t2(): print("t2")
def t3(): print("t3")
def t4(): print("t4")
def t5(): print("t5")
def t6(): print("t6")
def t7(): print("t7")
def t8(): print("t8")
def t9(): print("t9")
def other(): print("other")
def f1(flag=False):
    if flag: t1()
    return other
f1.__defaults__ = (True,)
def m1(): f1()
def f2(flag=False):
    if flag: t2()
    return other
p2 = functools.partial(f2, True)
def m2(): p2()
def f3(flag=None, frame=None):
    if frame is not None: t3()
    return other
def m3():
    import signal, os
    signal.signal(signal.SIGUSR1, f3); os.kill(os.getpid(), signal.SIGUSR1)
def f4(flag=False):
    if flag: t4()
    return other
def call(fn, *a, **k): return fn(*a, **k)
def m4(): call(f4, True)
def f5(*, flag=False):
    if flag: t5()
    return other
def m5(): f5(**{"flag": True})
def f6(a, flag=False):
    if flag: t6()
    return other
def m6(): f6(*[1, True])
class A:
    def f(self, flag=False):
        if flag: t7()
        return self
def m7():
    A().f(); A.f(A(), True); A().f(False)
def forced(fn):
    def inner(flag=False): return fn(flag=True)
    return inner
@forced
def f8(flag=False):
    if flag: t8()
    return other
def m8(): f8(); f8(False)
def f9(flag=False):
    if flag: t9()
    return other
def m9():
    t = threading.Thread(target=f9, args=(True,)); t.start(); t.join()
def g(): f1(); f2(False); f2(); f3(); f4(); f5(); f6(1); A().f(False); f9(); f9(False)
g(); m1();m2();m3();m4();m5();m6();m7();m8();m9()
