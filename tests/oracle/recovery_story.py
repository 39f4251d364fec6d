# SPDX-License-Identifier: MIT
from resilience_twin import *

class DataProcessingError(Exception):
    pass

FEED = [{"channel": "allMids", "data": {"BTC": "1.5"}}, {"data": {}}, {"channel": "nope"},
        {"channel": "allMids", "data": {"BTC": "-1"}}, {"channel": "trades"}, {"channel": "risk"}]
tries = 0

async def work(message):
    global tries
    try:
        if "channel" not in message:
            raise KeyError("channel")
        channel = message["channel"]
        if channel == "allMids":
            for symbol, text in message["data"].items():
                if float(text) <= 0:
                    raise ValueError(f"Invalid price for {symbol}: {text}")
        elif channel == "trades":
            tries += 1
            if tries < 6:
                raise ConnectionResetError(f"gone {tries}")
        elif channel == "risk":
            raise RiskManagementError("limit")
        else:
            raise DataProcessingError(f"Unknown channel: {channel}")
    except ValueError as e:
        raise DataProcessingError(f"Invalid data value: {e}") from e

async def process(handler, message, most):
    for count in range(most):
        try:
            await work(message)
            return True
        except Exception as e:
            if not await handler.handle(e, "market_data_processor", "process", count):
                return False
    print("Max retries exceeded")
    return False

async def main():
    handler = Handler(Clock(), history=5)
    for message in FEED:
        print(message.get("channel", "unknown"), await process(handler, message, 8))
    for key, count in handler.counts.items():
        print(key, count)
    for entry in reversed(handler.history):
        print(*entry)

asyncio.run(main())
