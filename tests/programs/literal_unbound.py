# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5; m6 -> t6; m7 -> t7; m8 -> t8; m9 -> t9
from contextlib import suppress
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
T = {}
def f1(kind):
    with suppress(KeyError):
        if kind == "fast":
            return T[kind]
    t1()
def m1(): f1("fast")
def f2(kind):
    try:
        if kind == "fast":
            return T[kind]
    except KeyError:
        pass
    t2()
def m2(): f2("fast")
def f3(kind):
    try:
        if kind == "fast":
            return 1
        other()
    finally:
        t3()
def m3(): f3("fast")
def f4(kind):
    kind = "slow"
    if kind == "slow": t4()
def m4(): f4("fast")
def f5(kind):
    for kind in ("a", "slow"):
        if kind == "slow": t5()
def m5(): f5("fast")
def f6(kind):
    return [t6() for kind in ("a", "slow") if kind == "slow"]
def m6(): f6("fast")
def f7(kind):
    def change():
        nonlocal kind
        kind = "slow"
    change()
    if kind == "slow": t7()
def m7(): f7("fast")
def f8(kind):
    while kind != "end":
        if kind == "slow": t8()
        kind = "end" if kind == "slow" else "slow"
def m8(): f8("fast")
def f9(kind):
    if (kind := "slow") == "slow": t9()
def m9(): f9("fast")
m1();m2();m3();m4();m5();m6();m7();m8();m9()
