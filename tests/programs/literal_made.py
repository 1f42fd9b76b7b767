# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5; m7 -> t7; m8 -> t8; m9 -> t9
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
class Fast:
    def step(self): t1()
class Slow:
    def step(self): t2()
def create(kind):
    if kind == "fast": return Fast()
    if kind == "slow": return Slow()
    return create("slow")
def m1(): create("fast").step()
def m2(): create("odd").step()
def make(kind):
    def inner(kind):
        if kind == "slow": t3()
        return other
    return inner
def m3(): make("fast")("slow")
class Base:
    def __init__(self, kind="fast"):
        self.kind = kind
        self.setup(kind)
    def setup(self, kind):
        if kind == "slow": self.low()
        else: other()
    def low(self): t4()
class Sub(Base):
    def __init__(self): super().__init__("slow")
class Sub2(Base):
    def setup(self, kind):
        super().setup("slow" if kind else kind)
    def low(self): t5()
def m4(): Sub()
def m5(): Sub2()
class P:
    def __init_subclass__(cls, key=None, **kw):
        super().__init_subclass__(**kw)
        if key is not None: cls.on()
    @classmethod
    def on(cls): other()
class Mixin(P):
    def __init_subclass__(cls, **kw):
        super().__init_subclass__(key="x", **kw)
def m6():
    class C(Mixin):
        @classmethod
        def on(cls): t6()
def m7():
    kw = {"key": "a"}
    class D(P, **kw):
        @classmethod
        def on(cls): t7()
def f8(kind):
    lambda: kind
    if kind == "fast":
        kind = "slow"
    if kind == "slow": t8()
    return other
def m8(): f8("fast")
def f9(n=0):
    if n > 2: t9(); return other
    return f9(n + 1)
def m9(): f9()
m1();m2();m3();m4();m5();m6();m7();m8();m9(); Base(); f8("x"); make("a")("b")
