# chain: C1.run -> target1; C2.run -> target2; C3.run -> target3; C4.run -> target4; C5.run -> target5; C6.run -> target6; C7.run -> target7
import copy
def target1(): print("target1")
def target2(): print("target2")
def target3(): print("target3")
def target4(): print("target4")
def target5(): print("target5")
def target6(): print("target6")
def target7(): print("target7")
def mk(fn):
    pass
class P:
    def work(self): pass
class Plain1:
    def work(self): target1()
class Plain2:
    def work(self): target2()
class Plain3:
    def work(self): target3()
class Plain4:
    def work(self): target4()
class Plain5:
    def work(self): target5()
class Plain6:
    def work(self): target6()
class Plain7:
    def work(self): target7()
class C1:
    def __init__(self, fast):
        self.fast = fast
        self.worker = P() if self.fast else Plain1()
    def run(self):
        if self.fast: self.worker.work()
class C2:
    def __init__(self, fast):
        self.fast = fast
        self.worker = P() if self.fast else Plain2()
    def run(self):
        if self.fast: self.worker.work()
class C3:
    def __init__(self, fast):
        self.fast = fast
        self.worker = P() if self.fast else Plain3()
    def become(self, other): self.__dict__.update(fast=True)
    def run(self):
        if self.fast: self.worker.work()
class C4:
    def __init__(self, fast):
        self.fast = fast
        self.worker = P() if self.fast else Plain4()
    def run(self):
        self.fast_now = 1
        if self.fast: self.worker.work()
def flip(x): x.fast = not x.fast
class Base5:
    pass
class C5(Base5):
    fast = True
    def __init__(self, fast):
        if fast: self.fast = fast
        self.fast = fast
        self.worker = P() if self.fast else Plain5()
        del self.fast
    def run(self):
        if self.fast: self.worker.work()
class C6:
    def __init__(self, fast):
        self.fast = fast
        self.worker = P() if self.fast else Plain6()
    def __setstate__(self, state):
        for k, v in state.items(): setattr(self, k, v)
    def run(self):
        if self.fast: self.worker.work()
class C7:
    def __init__(self, n):
        self.fast = n
        self.worker = P() if self.fast else Plain7()
    def run(self):
        if self.fast: self.worker.work()
a = C1(False); b = C1(True); vars(a)["fast"] = True; a.run(); b.run()
a = C2(False); object.__setattr__(a, "fast", True); a.run()
a = C3(False); a.become(1); a.run()
a = C4(False); flip(a); a.run()
C5(False).run()
a = C6(False); a.__setstate__({"fast": True}); a.run()
l = []
class T(list): pass
fl = T()
a = C7(fl); fl.append(1); a.run()
