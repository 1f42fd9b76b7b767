# chain: main -> target
def target(): print("target")
def other(): print("other")
def f(flag):
    if flag: other()
    else: target()
def g(): f(1)
def main(): f(00)
main(); g()
