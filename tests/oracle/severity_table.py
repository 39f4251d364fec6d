# SPDX-License-Identifier: MIT
from resilience_twin import *

errors = [ConnectionError(), OSError(), TimeoutError(), FileNotFoundError(), asyncio.CancelledError(), ValueError(),
          UnicodeError(), KeyError(), TypeError(), IndexError(), asyncio.IncompleteReadError(b"", 1),
          asyncio.LimitOverrunError("", 1), RiskManagementError(), RuntimeError(), MemoryError(), EOFError(),
          KeyboardInterrupt(), ExceptionGroup("g", [OSError()])]
for e in errors:
    for component in "market_data_processor", "orders", "", "old_market_data":
        for retries in 0, 2, 3, 9, 10, 1000:
            print(type(e).__name__, component, retries, severity(e, component, retries))
