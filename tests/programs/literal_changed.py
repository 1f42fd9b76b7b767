# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5; m6 -> t6; m7 -> t7; m8 -> t8
import sys
def t1(): print("t1")
def t2(): print("t2")
def t3(): print("t3")
def t4(): print("t4")
def t5(): print("t5")
def t6(): print("t6")
def t7(): print("t7")
def t8(): print("t8")
def other(): print("other")
MODE = "fast"
def f1(kind):
    if kind == "slow": t1()
    return other
def set_mode(): globals()["MODE"] = "slow"
def m1(): set_mode(); f1(MODE)
def f2(kind=MODE):
    if kind == "slow": t2()
    return other
f2.__kwdefaults__ = None
def m2(): f2("slow")
class C:
    KIND = "fast"
    def run(self): f3(self.KIND)
def f3(kind):
    if kind == "slow": t3()
    return other
class D(C): KIND = "slow"
def m3(): D().run()
def f4(kind):
    try:
        kind = "slow"
        int("x")
    except ValueError:
        if kind == "slow": t4()
    return other
def m4(): f4("fast")
def f5(kind, *rest):
    if kind == "fast": other()
    else: t5()
    return other
def m5(): f5(*("slow", "fast"))
def f6(kind, **kw):
    if kw.get("kind2") == "slow": t6()
    if kind == "zzz": other()
    return other
def m6(): f6("fast", kind2="slow")
def f7(kind):
    del kind
    kind = "slow"
    if kind == "slow": t7()
    return other
def m7(): f7("fast")
def f8(x, y=None):
    y = y or x
    if y == "slow": t8()
    return other
def m8(): f8("slow")
def g(): f1("fast"); f1(MODE); f2(); C().run(); f4("x"); f5("fast"); f6("q"); f7("a"); f8("a", "b")
g(); m1();m2();m3();m4();m5();m6();m7();m8()
