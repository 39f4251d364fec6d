# SPDX-License-Identifier: MIT
import asyncio
import logging
import sys
from enum import Enum
from typing import Optional, Dict, Any
from dataclasses import dataclass

logging.basicConfig(level=logging.INFO, stream=sys.stdout, format="%(message)s")
now = 0.0


async def sleep(seconds):  # replaces asyncio.sleep(), so that delays take no time
    global now
    now += seconds


class TradingSystemError(Exception):
    """Base exception for trading system errors"""
    pass

class ConnectionError(TradingSystemError):
    """Network connection related errors"""
    pass

class DataProcessingError(TradingSystemError):
    """Data processing and validation errors"""
    pass

class RiskManagementError(TradingSystemError):
    """Risk limits and validation errors"""
    pass

@dataclass
class ErrorContext:
    """Context information for error handling"""
    component: str
    operation: str
    timestamp: float
    retry_count: int
    metadata: Dict[str, Any]

class ErrorSeverity(Enum):
    LOW = "low"        # Retry immediately
    MEDIUM = "medium"  # Retry with backoff
    HIGH = "high"      # Requires manual intervention
    CRITICAL = "critical"  # Shutdown system

class TradingSystemExceptionHandler:
    def __init__(self):
        self.error_counts = {}
        self.error_history = []
        self.max_error_history = 1000
        self.logger = logging.getLogger("trading_system")

    async def handle_exception(self, 
                             exc: Exception, 
                             context: ErrorContext) -> bool:
        """
        Handle exceptions with appropriate recovery strategy
        
        Returns:
            bool: True if operation should be retried, False otherwise
        """
        severity = self._classify_error(exc, context)
        
        # Log error with context
        self._log_error(exc, context, severity)
        
        # Update error statistics
        self._update_error_stats(exc, context)
        
        # Determine recovery strategy
        return await self._execute_recovery_strategy(exc, context, severity)

    def _classify_error(self, exc: Exception, context: ErrorContext) -> ErrorSeverity:
        """Classify error severity based on exception type and context"""
        
        # Network and connection errors
        if isinstance(exc, (ConnectionError, OSError, asyncio.TimeoutError)):
            if context.retry_count < 3:
                return ErrorSeverity.LOW
            elif context.retry_count < 10:
                return ErrorSeverity.MEDIUM
            else:
                return ErrorSeverity.HIGH
        
        # Cancellation (usually intentional)
        elif isinstance(exc, asyncio.CancelledError):
            return ErrorSeverity.LOW
        
        # Data processing errors
        elif isinstance(exc, (ValueError, KeyError, TypeError)):
            if "market_data" in context.component:
                return ErrorSeverity.MEDIUM  # Bad data can be skipped
            else:
                return ErrorSeverity.HIGH    # Logic errors are serious
        
        # Stream errors
        elif isinstance(exc, asyncio.IncompleteReadError):
            return ErrorSeverity.MEDIUM
        
        elif isinstance(exc, asyncio.LimitOverrunError):
            return ErrorSeverity.HIGH  # Buffer overflow is serious
        
        # Risk management errors
        elif isinstance(exc, RiskManagementError):
            return ErrorSeverity.CRITICAL
        
        # Unknown errors
        else:
            return ErrorSeverity.HIGH

    async def _execute_recovery_strategy(self, 
                                       exc: Exception, 
                                       context: ErrorContext, 
                                       severity: ErrorSeverity) -> bool:
        """Execute recovery strategy based on error severity"""
        
        if severity == ErrorSeverity.LOW:
            # Immediate retry with minimal delay
            await sleep(0.1)
            return True
        
        elif severity == ErrorSeverity.MEDIUM:
            # Exponential backoff retry
            backoff_time = min(2 ** context.retry_count, 30)  # Max 30 seconds
            self.logger.info(f"Backing off for {backoff_time}s before retry")
            await sleep(backoff_time)
            return True
        
        elif severity == ErrorSeverity.HIGH:
            # Require manual intervention or circuit breaker
            if context.retry_count < 5:
                await sleep(60)  # 1 minute delay
                return True
            else:
                self.logger.critical(f"Too many retries for {context.component}")
                return False
        
        elif severity == ErrorSeverity.CRITICAL:
            # Immediate shutdown
            self.logger.critical(f"Critical error in {context.component}: {exc}")
            await self._trigger_emergency_shutdown()
            return False

    async def _trigger_emergency_shutdown(self):
        """Trigger emergency shutdown procedures"""
        self.logger.critical("EMERGENCY SHUTDOWN TRIGGERED")
        
        # Close all positions
        # await self.close_all_positions()
        
        # Cancel all orders
        # await self.cancel_all_orders()
        
        # Notify operators
        # await self.send_emergency_alert()

    def _log_error(self, exc: Exception, context: ErrorContext, severity: ErrorSeverity):
        """Log error with appropriate level and context"""
        error_msg = (
            f"{severity.value.upper()} ERROR in {context.component}.{context.operation}: "
            f"{type(exc).__name__}: {exc} (retry #{context.retry_count})"
        )
        
        if severity in [ErrorSeverity.LOW, ErrorSeverity.MEDIUM]:
            self.logger.warning(error_msg)
        else:
            self.logger.error(error_msg)  # the document adds the traceback

    def _update_error_stats(self, exc: Exception, context: ErrorContext):
        """Update error statistics for monitoring"""
        error_key = f"{context.component}.{type(exc).__name__}"
        self.error_counts[error_key] = self.error_counts.get(error_key, 0) + 1
        
        # Add to error history
        self.error_history.append({
            'timestamp': context.timestamp,
            'component': context.component,
            'operation': context.operation,
            'exception': type(exc).__name__,
            'message': str(exc),
            'retry_count': context.retry_count
        })
        
        # Trim history if too long
        if len(self.error_history) > self.max_error_history:
            self.error_history = self.error_history[-self.max_error_history:]

# Usage in trading components
class RobustMarketDataProcessor:
    def __init__(self):
        self.exception_handler = TradingSystemExceptionHandler()
        self.max_retries = 10

    async def process_websocket_message(self, message: dict) -> bool:
        """Process WebSocket message with robust error handling"""
        retry_count = 0
        
        while retry_count < self.max_retries:
            try:
                # Main processing logic
                await self._process_message_data(message)
                return True
                
            except Exception as exc:
                context = ErrorContext(
                    component="market_data_processor",
                    operation="process_websocket_message",
                    timestamp=now,
                    retry_count=retry_count,
                    metadata={"message_type": message.get("channel", "unknown")}
                )
                
                should_retry = await self.exception_handler.handle_exception(exc, context)
                
                if not should_retry:
                    return False
                
                retry_count += 1
        
        # Max retries exceeded
        self.exception_handler.logger.error(
            f"Max retries exceeded for message processing: {message}"
        )
        return False

    async def _process_message_data(self, message: dict):
        """Core message processing logic that may raise exceptions"""
        try:
            # Validate message structure
            if not isinstance(message, dict):
                raise DataProcessingError("Invalid message format")
            
            # Check required fields
            if "channel" not in message:
                raise DataProcessingError("Missing channel field")
            
            channel = message["channel"]
            data = message.get("data", {})
            
            # Process based on channel type
            if channel == "allMids":
                await self._process_mid_prices(data)
            elif channel == "trades":  # the document has no _process_trades()
                await self._process_trades(data)
            else:
                raise DataProcessingError(f"Unknown channel: {channel}")
                
        except KeyError as e:
            raise DataProcessingError(f"Missing required field: {e}")
        except ValueError as e:
            raise DataProcessingError(f"Invalid data value: {e}")
        except Exception as e:
            if isinstance(e, (ConnectionError, RiskManagementError)):
                raise  # the document wraps these, too, and so never retries quickly nor stops
            # Re-raise as data processing error for proper classification
            raise DataProcessingError(f"Processing failed: {e}") from e

    async def _process_mid_prices(self, data: dict):
        """Process mid price updates with validation"""
        for symbol, price_str in data.items():
            try:
                price = float(price_str)
                if price <= 0:
                    raise ValueError(f"Invalid price for {symbol}: {price}")
                
                # Store price update
                await self._store_price_update(symbol, price)
                
            except ValueError as e:
                raise DataProcessingError(f"Invalid price data for {symbol}: {e}")

    trades_left_to_fail = 4

    async def _process_trades(self, data: dict):
        if self.trades_left_to_fail > 0:
            self.trades_left_to_fail -= 1
            raise ConnectionError("the feed is gone")
        if data.get("size", 0) > 100:
            raise RiskManagementError("position limit exceeded")

    async def _store_price_update(self, symbol: str, price: float):
        """Store price update with error handling"""
        try:
            # Database operation that might fail
            # await self.database.store_price(symbol, price, timestamp)
            pass
        except Exception as e:
            raise DataProcessingError(f"Failed to store price for {symbol}: {e}")


async def main():
    processor = RobustMarketDataProcessor()
    for message in ({"channel": "allMids", "data": {"BTC": "50000.5", "ETH": "3000"}},
                    {"channel": "trades", "data": {"size": 1}},
                    {"channel": "trades", "data": {"size": 1000}},
                    {"channel": "allMids", "data": {"BTC": "-1"}},
                    {"data": {}}):
        print(f"{message.get('channel', 'unknown')}: {await processor.process_websocket_message(message)} at {now:g} s")
    for key, count in processor.exception_handler.error_counts.items():
        print(f"{key}: {count}")
    last = processor.exception_handler.error_history[-1]
    print(f"{len(processor.exception_handler.error_history)} in the history, the last: {last['message']}")

asyncio.run(main())
