# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved|held-error x2 line=11 task=shop-[bc] text~LookupError.*no price at [bc]
# gather() passes on the first error; the second and third are dropped silently
import asyncio


async def price(shop, delay):
    await asyncio.sleep(delay)
    raise LookupError(f"no price at {shop}")


async def main():
    shops = [asyncio.create_task(price(s, d), name=f"shop-{s}") for s, d in (("a", 0.01), ("b", 0.03), ("c", 0.05))]
    try:
        await asyncio.gather(*shops)
    except LookupError as e:
        print("only heard of:", e)
    await asyncio.sleep(0.15)


asyncio.run(main())
