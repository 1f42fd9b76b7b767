# chain: m1 -> t1; m2 -> t2; m3 -> t3
import contextlib, asyncio
def t1(*a): print("t1")
def t2(*a): print("t2")
def t3(*a): print("t3")
def other(*a): print("other")
@contextlib.contextmanager
def ignore(*errors):
    try: yield
    except errors: pass
def f1(flag):
    with ignore(ValueError):
        if not flag:
            raise ValueError
        other()
    t1()
async def f2(flag):
    async with contextlib.AsyncExitStack() as stack:
        stack.push(lambda *a: True)
        if not flag: raise ValueError
    t2()
def f3(flag):
    for x in (1, 2):
        with contextlib.suppress(ValueError):
            if x is None or not flag: raise ValueError
            return
    t3()
def m1(): f1(False)
def m2(): asyncio.run(f2(False))
def m3(): f3(False)
def g(): f1(True); asyncio.run(f2(True)); f3(True)
m1(); m2(); m3(); g()
