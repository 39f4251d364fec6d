# SPDX-License-Identifier: MIT
import asyncio
import os
import signal

async def worker(name: str, stop_event: asyncio.Event):
    """Worker that checks for shutdown signal."""
    rounds = 0
    while not stop_event.is_set():
        print(f"Worker {name}: working...")
        rounds += 1
        if name == "B" and rounds == 3:  # somebody presses Ctrl-C
            asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.wait_for(stop_event.wait(), timeout=0.1)
        except asyncio.TimeoutError:
            pass  # Continue working
    
    print(f"Worker {name}: shutting down gracefully")

async def main():
    stop_event = asyncio.Event()
    
    # Handle shutdown signal
    def signal_handler():
        print("\nReceived shutdown signal")
        stop_event.set()
    
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGINT, signal_handler)
    
    # Start workers
    async with asyncio.TaskGroup() as tg:
        tg.create_task(worker("A", stop_event))
        tg.create_task(worker("B", stop_event))
    
    print("All workers stopped")

asyncio.run(main())
