# SPDX-License-Identifier: MIT
from error_story import tree
from resilience_twin import *

async def retried(calls, **options):
    try:
        print("result", await retry(script(calls), Clock(), **options))
    except BaseException as e:
        if hasattr(e, "attempt"):
            print(e.attempt, "of", e.attempts)
        tree(e)

async def main():
    await retried(".")
    await retried("VO.")
    await retried("VOT", attempts=3)
    await retried("V", attempts=1)
    await retried("VOTRVOTRVOTRV", attempts=12)
    await retried("VVVV.", attempts=5)
    await retried("K", attempts=2)
    await retried("OC")
    await retried("C")

asyncio.run(main())
