# chain: main -> target
import queue
STOP = DONE = object()
q = queue.Queue()
def target(): print("target")
def other(): print("other")
def consumer():
    while True:
        job = q.get()
        if job is STOP:
            target()
            return
        other()
def main():
    q.put(DONE)
def g(): q.put(3)
g(); main(); consumer()
