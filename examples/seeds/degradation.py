# SPDX-License-Identifier: MIT
import asyncio
from typing import Any, Callable

class GracefulDegradationHandler:
    def __init__(self):
        self.fallback_strategies = {}
        self.service_health = {}

    def register_fallback(self, service: str, fallback_func: Callable):
        """Register fallback strategy for a service"""
        self.fallback_strategies[service] = fallback_func

    async def execute_with_fallback(self, 
                                  service: str, 
                                  primary_func: Callable, 
                                  *args, **kwargs) -> Any:
        """Execute function with graceful fallback"""
        try:
            result = await primary_func(*args, **kwargs)
            self.service_health[service] = True
            return result
            
        except Exception as e:
            self.service_health[service] = False
            
            # Try fallback if available
            if service in self.fallback_strategies:
                print(f"⚠️  Primary {service} failed, using fallback: {e}")
                try:
                    return await self.fallback_strategies[service](*args, **kwargs)
                except Exception as fallback_error:
                    print(f"❌ Fallback for {service} also failed: {fallback_error}")
                    raise
            else:
                print(f"❌ No fallback available for {service}: {e}")
                raise

# Usage example
class TradingSystemWithFallbacks:
    def __init__(self):
        self.degradation_handler = GracefulDegradationHandler()
        
        # Register fallback strategies
        self.degradation_handler.register_fallback(
            "market_data", 
            self._fallback_market_data
        )
        self.degradation_handler.register_fallback(
            "order_execution",
            self._fallback_order_execution
        )

    async def get_market_data(self, symbol: str) -> dict:
        """Get market data with fallback to cached data"""
        return await self.degradation_handler.execute_with_fallback(
            "market_data",
            self._get_live_market_data,
            symbol
        )

    async def _get_live_market_data(self, symbol: str) -> dict:
        """Primary market data source"""
        if symbol == "BTC":
            return {"symbol": symbol, "price": 50000, "source": "live"}
        raise ConnectionError(f"no live data for {symbol}")

    async def _fallback_market_data(self, symbol: str) -> dict:
        """Fallback to cached/historical data"""
        print(f"📊 Using cached data for {symbol}")
        # Return cached data
        return {"symbol": symbol, "price": 0, "source": "cache"}

    async def _fallback_order_execution(self, order: dict):
        """Fallback order execution strategy"""
        print("⚠️  Using emergency order execution")
        raise RuntimeError("no emergency desk")

    async def execute(self, order: dict):
        async def execute_order(order):
            raise ConnectionError("the exchange is gone")

        return await self.degradation_handler.execute_with_fallback("order_execution", execute_order, order)


async def main():
    system = TradingSystemWithFallbacks()
    health = system.degradation_handler.service_health

    for symbol in ("BTC", "ETH", "BTC"):
        data = await system.get_market_data(symbol)
        print(f"{data['symbol']}: {data['price']} from {data['source']}, healthy: {health['market_data']}")
    try:
        await system.execute({})
    except Exception as e:
        print(f"{type(e).__name__}: {e}; while handling {type(e.__context__).__name__}: {e.__context__}")

asyncio.run(main())
