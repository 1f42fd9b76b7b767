# chain: main -> target; main2 -> target2; main3 -> target3
from contextlib import suppress
def target(): print("target")
def target2(): print("target2")
def target3(): print("target3")
def f(flag):
    with suppress(ValueError):
        if not flag:
            raise ValueError
        print("x")
    target()
def f2(flag):
    try:
        if not flag:
            raise ValueError
        print("x")
    except ValueError:
        pass
    target2()
def f3(flag):
    try:
        if not flag:
            return
        print("x")
    finally:
        target3()
def g(): f(True); f2(True); f3(True)
def main(): f(False)
def main2(): f2(False)
def main3(): f3(False)
main(); main2(); main3(); g()
