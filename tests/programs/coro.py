# chain: put -> target
import asyncio
class M: pass
def target(): print("target")
async def work():
    target()
async def consumer(q):
    w = work()
    m = await q.get()
    await w
async def put(q): await q.put(M())
async def main():
    q = asyncio.Queue()
    await put(q)
    await consumer(q)
asyncio.run(main())
