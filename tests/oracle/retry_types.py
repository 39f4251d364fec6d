# SPDX-License-Identifier: MIT
from error_story import tree
from resilience_twin import *

async def retried(calls, **options):
    try:
        print("result", await retry(script(calls), Clock(), **options))
    except BaseException as e:
        print(e.attempt, "of", e.attempts)
        tree(e)

def classify(e, attempt, delay):
    print("classify", type(e).__name__, attempt, delay)
    if isinstance(e, RuntimeError):
        return None
    return 5 if isinstance(e, KeyError) else delay * 2

async def main():
    await retried("OV", types=(OSError,))
    await retried("OTE.", types=(OSError, KeyError))
    await retried("V", types=(LookupError,))
    await retried("KKV.", types=(LookupError, ValueError))
    await retried("VKR.", classify=classify)
    await retried("VVV", attempts=3, classify=classify)
    await retried("VK.", types=(KeyError,), classify=classify)

asyncio.run(main())
