# chain: main -> pinged; main2 -> ran
import bisect
def pinged(): print("pinged")
def ran(): print("ran")
def other(): print("other")
class Ping:
    def step(self): ran()
class Load:
    def step(self): other()
def order(item, key=None):
    if isinstance(key, Ping): pinged()
    return 0
class Item:
    def __init__(self, key): self.key = key
    def __lt__(self, other=None):
        if isinstance(other, Item): other.key.step()
        return True
def main():
    sorted([Ping(), Load()], key=lambda item: order(1, item))
def main2():
    bisect.insort([Item(Load())], Item(Ping()))
    bisect.insort([Item(Ping())], Item(Load()))
order(1, Load()); order(1); Item(Load()).__lt__(); main(); main2()
