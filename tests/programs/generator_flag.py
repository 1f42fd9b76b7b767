# chain: main -> target; main2 -> target2
def target(): print("target")
def target2(): print("target2")
def other(): print("other")
def gen(flag):
    yield 1
    if flag: target()
    else: other()
def make(flag): return gen(flag)
def consume(it):
    for _ in it: pass
def main(): consume(make(True))
def g(): consume(make(False))
def runner(fn): fn()
def f2(flag):
    def inner():
        if flag: target2()
        else: other()
    return inner
def main2(): runner(f2(True))
def g2(): runner(f2(False))
main(); g(); main2(); g2()
