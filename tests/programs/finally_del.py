# chain: main -> target; main2 -> target2; main3 -> target3; main4 -> target4
def target(): print("target")
def target2(): print("target2")
def target3(): print("target3")
def target4(): print("target4")
def f(flag):
    for _ in range(2):
        if flag: target()
        flag = True
def f2(flag):
    [flag := x for x in (True,)]
    if flag: target2()
def f3(flag):
    def set_():
        nonlocal flag
        flag = True
    set_()
    if flag: target3()
def f4(flag):
    try:
        flag = True
        raise ValueError
    except ValueError:
        if flag: target4()
def main(): f(False)
def main2(): f2(False)
def main3(): f3(False)
def main4(): f4(False)
def g(): f(True); f2(True); f3(True); f4(True)
main(); main2(); main3(); main4(); g()
