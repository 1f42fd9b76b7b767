# chain: main -> target; main2 -> target2
import queue
q = queue.Queue()
def target(): print("target")
def target2(): print("target2")
def other(): print("other")
def f(items):
    if items: target()
    else: other()
def f2(items):
    if items == "": target2()
    else: other()
def main():
    x = []
    x.append(1)
    f(x)
class S(str): pass
def main2():
    f2(S(""))
def g(): f(None); f2("a")
main(); main2(); g()
