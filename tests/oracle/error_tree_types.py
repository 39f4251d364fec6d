# SPDX-License-Identifier: MIT
import asyncio
import builtins
from error_story import *

class TradingSystemError(Exception): pass
class ConnectionError(TradingSystemError): pass
class DataProcessingError(TradingSystemError): pass
class RiskManagementError(TradingSystemError): pass
class LateData(DataProcessingError): pass

mine = [TradingSystemError, ConnectionError, DataProcessingError, RiskManagementError, LateData]
others = [Exception, BaseException, OSError, builtins.ConnectionError, ValueError, asyncio.CancelledError]
for a in mine:
    print(a.__name__, *(int(issubclass(a, b)) for b in mine + others), *(int(issubclass(b, a)) for b in others))

def store(symbol, text):
    try:
        price = float(text)
        if price <= 0:
            raise ValueError(f"Invalid price for {symbol}: {price:.1f}")
    except ValueError as e:
        raise DataProcessingError(f"Invalid price data for {symbol}: {e}")

def process(channel):
    try:
        if channel is None:
            raise DataProcessingError("Missing channel field")
        if channel == "trades":
            return store("BTC", "-1.0")
        if channel == "l2Book":
            raise KeyError("levels")
        raise DataProcessingError(f"Unknown channel: {channel}")
    except KeyError as e:
        raise DataProcessingError(f"Missing required field: {e}")
    except Exception as e:
        raise DataProcessingError(f"Processing failed: {e}") from e

for channel in None, "trades", "l2Book", "other":
    try:
        process(channel)
    except TradingSystemError as e:
        shown(e)
        parts(e)
