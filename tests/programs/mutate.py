# chain: m1 -> t1; m2 -> t2; m3 -> t3; m4 -> t4; m5 -> t5
def t1(*a): print("t1")
def t2(*a): print("t2")
def t3(*a): print("t3")
def t4(*a): print("t4")
def t5(*a): print("t5")
def other(*a): print("other")
DEBUG = False
def f1(d):
    if d: t1()
    else: other()
def m1(): f1(DEBUG)
def init():
    exec("DEBUG = True", globals())
def f2(x):
    if x is None: x = make()
    if x is not None: t2()
def make(): return 1
def m2(): f2(None)
def f3(x):
    while not x:
        x = make()
        other()
    t3()
def m3(): f3(None)
class A:
    def __init__(self, on=False):
        self.on = on
    def go(self, on):
        self.on = on or self.on
        if self.on: t4()
def m4(): A(True).go(False)
def f5(x):
    try:
        if x is None: raise KeyError
    except KeyError: t5()
    else: other()
def m5(): f5(None)
def g(): f1(False); f2(1); f3(1); A().go(1); f5(1)
init(); m1(); m2(); m3(); m4(); m5(); g()
