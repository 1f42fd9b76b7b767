# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5; m6 -> t6; m7 -> t7; m8 -> t8; m9 -> t9
import asyncio
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
class W(str):
    def __eq__(self, o): return True
    __hash__ = str.__hash__
def f1(kind):
    if kind == "slow": t1()
    return other
def m1(): f1(W("fast"))
def f2(kind):
    yield 1
    if kind == "slow": t2()
    else: other()
def drive(it):
    for _ in it: pass
def m2(): drive(f2("slow"))
def f3(kind, flag=True):
    if kind == "x" or not flag: t3()
    return other
def m3(): f3("y", False)
def f4(kind, n=1):
    match kind:
        case True: other()
        case "a" | 1: t4()
        case _: other()
    return other
def m4(): f4(1)
def f5(n):
    if n == True: t5()
    return other
def m5(): f5(1)
def f6(kind):
    if kind == "a  b": t6()
    return other
def m6(): f6("a  b")
def f7(kind):
    if kind not in ("fast", "slow"): t7()
    return other
def m7(): f7("odd")
async def f8(kind):
    await asyncio.sleep(0)
    if kind == "slow": t8()
    return other
def m8(): asyncio.run(f8("slow"))
def f9(kind):
    def run():
        if kind == "slow": t9()
        else: other()
    return run
def m9(): f9("slow")()
def g():
    f1("fast"); f1("slow"); drive(f2("fast")); f3("y"); f4("q"); f5(0); f6("a b"); f7("fast"); asyncio.run(f8("fast")); f9("fast")()
g(); m1();m2();m3();m4();m5();m6();m7();m8();m9()
