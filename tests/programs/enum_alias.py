# chain: main -> target; main2 -> target2
from enum import Enum
class Color(Enum):
    RED = 1
    CRIMSON = 1
    BLUE = 2
def target(): print("target")
def target2(): print("target2")
def other(): print("other")
def f(c):
    if c is Color.RED: target()
    else: other()
def f2(c):
    if c is Color.BLUE: target2()
    else: other()
def main(): f(Color.CRIMSON)
def main2(): f2(Color(2))
def g(): f(Color.BLUE); f2(Color.RED)
main(); main2(); g()
