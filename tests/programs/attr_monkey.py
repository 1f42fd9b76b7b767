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
class Conf: pass
def enable(name, value): globals()[name] = value
enable("VERBOSE", True)
g(); main()
