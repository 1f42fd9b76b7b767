# chain: main -> target
from functools import partial
def target(): print("target")
def other(): print("other")
def f(flag=False):
    if flag: target()
    else: other()
p = partial(f, flag=False)
def g(): f(False)
def main(): p(flag=True)
main(); g()
