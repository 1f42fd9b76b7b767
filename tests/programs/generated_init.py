# chain: put -> target; put2 -> target2
import queue
from dataclasses import dataclass, field
def target(*m): print("target")
def target2(*m): print("target2")
@dataclass
class Message:
    kind: str
    parts: list = field(default_factory=list)
    def __post_init__(self): self.size = len(self.parts)
@dataclass
class Answer(Message):
    made: object = None
    def __post_init__(self): target2()
q = queue.Queue()
def put(): q.put(Message("stop"))
def put2(): q.put(Message("go"))
def consume():
    while not q.empty():
        m = q.get()
        if m.kind == "stop": target(m)
        else: Answer("x")
put(); put2(); consume()
