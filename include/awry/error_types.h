/* SPDX-License-Identifier: MIT */
/**
 * awry/error_types.h - the built-in error types, by their Python names.
 *
 * In the table, X(Name, Base) stands for the type aw_Name, whose base is aw_Base. A type stands below its
 * base. The root, aw_BaseException, is not in the table since it has no base.
 *
 * Source: CPython 3.11 Doc/library/exceptions, asyncio.exceptions, asyncio.queues, socket, ssl;
 *         websockets.exceptions
 */
#ifndef AWRY_ERROR_TYPES_H
#define AWRY_ERROR_TYPES_H

/* clang-format off */
#define AW_ERROR_TYPES(X)                                       \
	X(CancelledError,            BaseException)             \
	X(KeyboardInterrupt,         BaseException)             \
	X(SystemExit,                BaseException)             \
	X(GeneratorExit,             BaseException)             \
	X(BaseExceptionGroup,        BaseException)             \
	X(Exception,                 BaseException)             \
	/* as in Python, also an Exception for aw_error_is() */ \
	X(ExceptionGroup,            BaseExceptionGroup)        \
	X(ArithmeticError,           Exception)                 \
	X(FloatingPointError,        ArithmeticError)           \
	X(OverflowError,             ArithmeticError)           \
	X(ZeroDivisionError,         ArithmeticError)           \
	X(AssertionError,            Exception)                 \
	X(AttributeError,            Exception)                 \
	X(BufferError,               Exception)                 \
	X(EOFError,                  Exception)                 \
	X(IncompleteReadError,       EOFError)                  \
	X(ImportError,               Exception)                 \
	X(ModuleNotFoundError,       ImportError)               \
	X(InvalidStateError,         Exception)                 \
	X(LimitOverrunError,         Exception)                 \
	X(LookupError,               Exception)                 \
	X(IndexError,                LookupError)               \
	X(KeyError,                  LookupError)               \
	X(MemoryError,               Exception)                 \
	X(NameError,                 Exception)                 \
	X(UnboundLocalError,         NameError)                 \
	X(OSError,                   Exception)                 \
	X(BlockingIOError,           OSError)                   \
	X(ChildProcessError,         OSError)                   \
	X(ConnectionError,           OSError)                   \
	X(BrokenPipeError,           ConnectionError)           \
	X(ConnectionAbortedError,    ConnectionError)           \
	X(ConnectionRefusedError,    ConnectionError)           \
	X(ConnectionResetError,      ConnectionError)           \
	X(FileExistsError,           OSError)                   \
	X(FileNotFoundError,         OSError)                   \
	X(InterruptedError,          OSError)                   \
	X(IsADirectoryError,         OSError)                   \
	X(NotADirectoryError,        OSError)                   \
	X(PermissionError,           OSError)                   \
	X(ProcessLookupError,        OSError)                   \
	X(TimeoutError,              OSError)                   \
	X(gaierror,                  OSError)                   \
	X(herror,                    OSError)                   \
	/* made by awry/tls.h: {errno library reason} */        \
	X(SSLError,                  OSError)                   \
	X(SSLEOFError,               SSLError)                  \
	X(SSLZeroReturnError,        SSLError)                  \
	/* {verify_code verify_message}; as in Python, also a ValueError for aw_error_is() */ \
	X(SSLCertVerificationError,  SSLError)                  \
	X(QueueEmpty,                Exception)                 \
	X(QueueFull,                 Exception)                 \
	X(ReferenceError,            Exception)                 \
	X(RuntimeError,              Exception)                 \
	X(BrokenBarrierError,        RuntimeError)              \
	X(NotImplementedError,       RuntimeError)              \
	X(RecursionError,            RuntimeError)              \
	X(SendfileNotAvailableError, RuntimeError)              \
	X(StopAsyncIteration,        Exception)                 \
	X(StopIteration,             Exception)                 \
	X(SyntaxError,               Exception)                 \
	X(IndentationError,          SyntaxError)               \
	X(TabError,                  IndentationError)          \
	X(SystemError,               Exception)                 \
	X(TypeError,                 Exception)                 \
	X(ValueError,                Exception)                 \
	X(UnicodeError,              ValueError)                \
	X(UnicodeDecodeError,        UnicodeError)              \
	X(UnicodeEncodeError,        UnicodeError)              \
	X(UnicodeTranslateError,     UnicodeError)              \
	X(Warning,                   Exception)                 \
	X(BytesWarning,              Warning)                   \
	X(DeprecationWarning,        Warning)                   \
	X(EncodingWarning,           Warning)                   \
	X(FutureWarning,             Warning)                   \
	X(ImportWarning,             Warning)                   \
	X(PendingDeprecationWarning, Warning)                   \
	X(ResourceWarning,           Warning)                   \
	X(RuntimeWarning,            Warning)                   \
	X(SyntaxWarning,             Warning)                   \
	X(UnicodeWarning,            Warning)                   \
	X(UserWarning,               Warning)                   \
	/* made by the functions of awry/websockets.h, which document the attributes; a Close is {code: int, reason: str} */ \
	X(WebSocketException,        Exception)                 \
	X(ConnectionClosed,          WebSocketException) /* {rcvd_code rcvd_reason sent_code sent_reason rcvd_then_sent} */ \
	X(ConnectionClosedError,     ConnectionClosed)          \
	X(ConnectionClosedOK,        ConnectionClosed)          \
	X(InvalidHandshake,          WebSocketException)        \
	X(SecurityError,             InvalidHandshake)          \
	X(InvalidMessage,            InvalidHandshake)          \
	X(InvalidHeader,             InvalidHandshake)  /* {name value} */ \
	X(InvalidHeaderFormat,       InvalidHeader)     /* {name value error header pos} */ \
	X(InvalidHeaderValue,        InvalidHeader)     /* {name value} */ \
	X(InvalidOrigin,             InvalidHeader)     /* {name value origin} */ \
	X(InvalidUpgrade,            InvalidHeader)     /* {name value} */ \
	X(InvalidStatus,             InvalidHandshake)  /* {status} */ \
	X(InvalidStatusCode,         InvalidHandshake)  /* {status_code headers} */ \
	X(NegotiationError,          InvalidHandshake)          \
	X(DuplicateParameter,        NegotiationError)  /* {name} */ \
	X(InvalidParameterName,      NegotiationError)  /* {name} */ \
	X(InvalidParameterValue,     NegotiationError)  /* {name value} */ \
	X(AbortHandshake,            InvalidHandshake)  /* {status headers body} */ \
	X(RedirectHandshake,         InvalidHandshake)  /* {uri} */ \
	/* as in Python, also an AssertionError for aw_error_is() */ \
	X(InvalidState,              WebSocketException)        \
	X(InvalidURI,                WebSocketException) /* {uri msg} */ \
	X(PayloadTooBig,             WebSocketException)        \
	X(ProtocolError,             WebSocketException)
/* clang-format on */

/** An older name of aw_ProtocolError. */
#define aw_WebSocketProtocolError aw_ProtocolError

#endif
