# chain: Server.run -> target1; Late.run -> target2; W.run -> target3; Opt.run -> target4; W.run -> okay; put -> target3; put -> okay
import queue
def target1(): print("target1")
def target2(): print("target2")
def target3(*a): print("target3")
def target4(): print("target4")
def okay(*a): print("okay")
class P:
    def work(self): pass
class Plain1:
    def work(self): target1()
class Plain2:
    def work(self): target2()
class Plain4:
    def work(self): target4()
class Server:
    def __init__(self, hooks):
        self.hooks = hooks
        self.worker = P() if self.hooks else Plain1()
    def run(self):
        if self.hooks: self.worker.work()
class Late:
    def __init__(self, fast):
        self.fast = fast
        self.worker = P() if self.fast else Plain2()
    def configure(self, **options):
        for name, value in options.items(): setattr(self, name, value)
    def run(self):
        if self.fast: self.worker.work()
class Opt:
    def __init__(self, fast):
        self.fast = fast
        self.worker = P() if self.fast else Plain4()
    def run(self):
        if self.fast: self.worker.work()
q = queue.Queue()
class M: pass
class W:
    def __init__(self, on, peer): self.on = on; self.peer = peer
    def take(self):
        if self.on: return q.get()
    def run(self):
        m = self.peer.take()
        okay(m)
        if not self.on: target3(m)
def mk(on, peer): return W(on, peer)
def put(): q.put(M())
hooks = []
s = Server(hooks); hooks.append(print); s.run()
x = Late(False); x.configure(fast=True); x.run()
x = Opt(False); setattr(x, "fast", True); x.run()
put()
mk(False, mk(True, None)).run()
