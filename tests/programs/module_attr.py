# chain: main -> target
import sys
VERBOSE = False
def target(): print("target")
def other(): print("other")
def f(flag):
    if flag: target()
    else: other()
def main(): f(VERBOSE)
def g(): f(False)
me = sys.modules[__name__]
def enable():
    global me
    setattr(me, "VERBOSE", True)
g(); enable(); main()
