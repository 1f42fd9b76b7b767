# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5; m6 -> t6; m7 -> t7; m8 -> t8; m9 -> t9
import abc
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
class A: pass
class B: pass
class Held:
    part = A()
held = Held()
class Known(abc.ABC): pass
Known.register(B)
class Odd(type):
    def __instancecheck__(cls, obj): return True
class Any(metaclass=Odd): pass
class Empty(A):
    def __len__(self): return 0
class Later(A): pass
Later.__bool__ = lambda self: False
class New(A):
    def __new__(cls): return B()
def get(key): return {"a": A(), "b": None}.get(key)
def f1(x):
    if x is None: t1()
    else: other()
def m1(): f1(get("b"))
def f2(x):
    if isinstance(x, A): other()
    else: t2()
def m2():
    held.part = 3
    f2(held.part)
def f3(x):
    if isinstance(x, Known): t3()
def m3(): f3(B())
def f4(x):
    if isinstance(x, Any): t4()
def m4(): f4(A())
def f5(x):
    if not x: t5()
def m5(): f5(Empty())
def f6(x):
    if x: other()
    else: t6()
def m6(): f6(Later())
def f7(x):
    if isinstance(x, B): t7()
def m7(): f7(New())
def f8(x):
    x = x or B()
    if isinstance(x, B): t8()
def m8(): f8(Empty())
def f9(x, *more, **kw):
    if isinstance(x, A): other()
    elif x is None: other()
    else: t9()
def m9(): f9(*[3])
def g():
    for x in (A(), B(), None, 3): f1(x); f2(x); f3(x); f4(x); f5(x); f6(x); f7(x); f8(x); f9(x)
    f1(A()); f1(B()); f2(A()); f2(B()); f3(A()); f4(B()); f5(A()); f5(B()); f6(A()); f6(B()); f7(A()); f8(A()); f9(A()); f9(B())
m1(); m2(); m3(); m4(); m5(); m6(); m7(); m8(); m9(); g()
