# chain: main -> target; main2 -> target2; main3 -> target3; main4 -> target4; main5 -> target5; main6 -> target6
def target(): print("target")
def target2(): print("target2")
def target3(): print("target3")
def target4(): print("target4")
def target5(): print("target5")
def target6(): print("target6")
def other(): print("other")
def f(x):
    if isinstance(x, int): target()
def f2(x):
    if x == 1: target2()
def f3(x):
    if x is None: other()
    elif not x: target3()
def f4(x):
    if isinstance(x, bytes): target4()
    else: other()
def f5(x):
    if not x: target5()
def f6(x):
    if x == b"a": other()
    if x != "b": target6()
def main(): f(True)
def main2(): f2(True)
def main3(): f3(0x0)
def main4(): f4(b"")
def main5(): f5(00)
def main6(): f6("a")
def g(): f(None); f2(None); f3(1); f4("s"); f5(1); f6("b")
main(); main2(); main3(); main4(); main5(); main6(); g()
