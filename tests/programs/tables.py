# chain: m1 -> t1; m2 -> t2; m4 -> t4; m5 -> t5; m6 -> t6; m7 -> t7
import enum
def t1(): print("t1")
def t2(): print("t2")
def t3(): print("t3")
def t4(): print("t4")
def t5(): print("t5")
def t6(): print("t6")
def t7(): print("t7")
def other(): print("other")
class Color(enum.StrEnum):
    RED = "red"
    BLUE = "blue"
class N(enum.Enum):
    ONE = 1
    UNO = 1
    TWO = 2
T1 = {Color.RED: t1, Color.BLUE: other}
def f1(k): T1[k]()
def m1(): f1("red")
T2 = {"red": t2, "blue": other}
def f2(k): T2[k]()
def m2(): f2(Color.RED)
T3 = {N.ONE: t3, N.TWO: other}
def f3(k): T3[k]()
def m3(): f3(N.UNO)
T4 = {"a": other, "b": other}
def f4(k): T4[k]()
for k in ("b", "c"): T4.update({k: t4})
def m4(): f4("b")
class K:
    def __init__(self, n): self.n = n
    def __eq__(self, o): return self.n == o
    def __hash__(self): return hash(self.n)
T5 = {"a": t5, "b": other}
def f5(k): T5[k]()
def m5(): f5(K("a"))
T6 = {"a": other, "b": other}
def f6(k):
    d = {**T6}
    d |= {"a": t6}
    d[k]()
def m6(): f6("a")
T7 = {int: other, str: t7}
def f7(k): T7.get(k, other)()
class SubMeta(type):
    def __eq__(self, o): return o is str
    def __hash__(self): return hash(str)
class Sub(metaclass=SubMeta): pass
def m7(): f7(Sub)
def g(): f1(Color.BLUE); f1("blue"); f2("blue"); f2(Color.BLUE); f3(N.TWO); f4("a"); f5("b"); f6("b"); f7(int)
m1(); m2(); m3(); m4(); m5(); m6(); m7(); g()
