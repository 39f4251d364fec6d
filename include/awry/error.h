/* SPDX-License-Identifier: MIT */
/**
 * awry/error.h - errors: values that have a type and form trees.
 *
 * A function that can fail returns `aw_error *`: NULL is success. An `aw_error *` is owned, and passing
 * it on gives it away: constructors consume the errors that they wrap. A `const aw_error *` is
 * borrowed, and valid as long as the error that it was obtained from.
 *
 * Once returned, an error is immutable. A function that adds to one (a note, an attribute, a context)
 * consumes it and returns an error: the same if there is no other reference, a copy otherwise. So no
 * cycle can form, and many threads may read an error at once.
 *
 * Constructors never return NULL. Out of memory, aw_raise() returns a static MemoryError, and a
 * function that wraps an error returns that error unchanged: the root cause is never lost.
 *
 * Context: any thread, in or out of a task; never blocks; not from a signal handler.
 */
#ifndef AWRY_ERROR_H
#define AWRY_ERROR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <awry/compiler.h>
#include <awry/error_types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_error aw_error;

/* -------------------------------------------------------------------------------------------------
 * Types
 */

/** An error type: a static object, made only by AW_ERROR_TYPE(). Its address is its identity. */
typedef struct aw_error_type {
	const char *name;
	struct aw_error_type *base; /* NULL: the root */
	uint32_t interned;	    /* the recorder's number for it; 0: none yet */
	uint32_t reserved[3];	    /* 0 */
} aw_error_type;

/**
 * Define an error type at file scope: AW_ERROR_TYPE(TradingSystemError, aw_Exception);
 *
 * The name becomes an array of one element, so that it needs no ampersand where a type is expected.
 * `static` may stand before it.
 */
#define AW_ERROR_TYPE(Name, Base) aw_error_type Name[1] = { { #Name, Base, 0, { 0 } } }

/** Declare a type that another file defines. */
#define AW_ERROR_TYPE_DECLARE(Name) extern aw_error_type Name[1]

#define AW__ERROR_TYPE_EXTERN(Name, Base) extern AW_API aw_error_type aw_##Name[1];
/** The root of all types. */
extern AW_API aw_error_type aw_BaseException[1];
AW_ERROR_TYPES(AW__ERROR_TYPE_EXTERN)
#undef AW__ERROR_TYPE_EXTERN

/** Tell whether `type` is `base` or derives from it: issubclass(). An ExceptionGroup is an
 * Exception, too. */
AW_API bool aw_error_type_is(const aw_error_type *type, const aw_error_type *base);

/** Get the type that CPython gives an OSError with this errno; aw_OSError if there is no special one. */
AW_API aw_error_type *aw_error_type_from_errno(int errnum);

/* -------------------------------------------------------------------------------------------------
 * Raising. The macros here call a function that takes the call site first.
 */

/**
 * Make an error: aw_raise(aw_ValueError, "Task %d failed!", n).
 *
 * The error keeps the call site, the native stack (while recording) and the current task.
 *
 * @param type  not a group type, which gives a TypeError: a group has members, see aw_error_group()
 * @param ...   a printf format and its arguments; NULL for no message
 *
 * Errors: MemoryError, without a message, if there is no memory
 */
#define aw_raise(type, ...) aw__raise(AW_HERE, type, __VA_ARGS__)

/** As aw_raise(), with the message's arguments in a va_list. */
#define aw_raise_v(type, format, list) aw__raise_v(AW_HERE, type, format, list)

/**
 * Make an error with another error as its cause: `raise … from cause`.
 *
 * @param cause  consumed; NULL is the same as aw_raise()
 *
 * Errors: out of memory, `cause` itself
 */
#define aw_raise_from(cause, type, ...) aw__raise_from(AW_HERE, cause, type, __VA_ARGS__)

/**
 * Set or replace the cause of an existing error, such as a group: `raise err from cause`. Consumes
 * both. If one is NULL, the other is returned.
 *
 * Errors: out of memory, `cause` itself
 */
AW_API AW_MUST_USE aw_error *aw_error_from(aw_error *cause, aw_error *err);

/**
 * Record that `err` was raised while `context` was being handled; consumes both.
 *
 * As when CPython raises in an except block, the context is added at the end of the chain of causes and
 * contexts that `err` already has: those, too, were raised during the handling. If it is there already,
 * nothing changes. If one is NULL, the other is returned.
 *
 * Errors: out of memory, `context` itself
 */
AW_API AW_MUST_USE aw_error *aw_raise_in(aw_error *context, aw_error *err);

/**
 * Raise an error `from None`: drop its cause, and do not show its context.
 *
 * Consumes `err`; NULL gives NULL.
 *
 * Errors: out of memory, `err` as it was
 */
AW_API AW_MUST_USE aw_error *aw_error_from_none(aw_error *err);

/**
 * Make a group: an ExceptionGroup if all members are Exceptions, else a BaseExceptionGroup.
 *
 * @param message  plain text, no format; NULL is ""
 * @param errs     consumed, the array is not; NULL entries are skipped
 *
 * Errors: ValueError if there is no member; out of memory, the first member
 */
#define aw_error_group(/* message, errs, n */...)                                                  \
	aw__error_group(AW_HERE, aw_ExceptionGroup, __VA_ARGS__)

/** As aw_error_group(), with a type of your own that derives from aw_BaseExceptionGroup. If the type
 * derives from aw_ExceptionGroup, and not all members are Exceptions, the group is an
 * aw_BaseExceptionGroup. */
#define aw_error_group_of(/* type, message, errs, n */...) aw__error_group(AW_HERE, __VA_ARGS__)

/**
 * Make the OSError for an errno: "[Errno 111] Connection refused", or with a detail
 * "[Errno 2] No such file or directory: 'x'". Attributes: int errno, str strerror.
 *
 * @param ...  a printf format for the detail, and its arguments; NULL for none
 */
#define aw_error_from_errno(errnum, ...) aw__error_from_errno(AW_HERE, errnum, __VA_ARGS__)

/**
 * Make the error for a libuv status (negative), with CPython's type.
 *
 * UV_EOF gives an EOFError; UV_EAI_* give a gaierror with the resolver's number; all others give an
 * OSError.
 *
 * @param ...  as for aw_error_from_errno()
 */
#define aw_error_from_uv(status, ...) aw__error_from_uv(AW_HERE, status, __VA_ARGS__)

/**
 * Make the OSError for an errno about one file: "[Errno 2] No such file or directory: 'x'", or about
 * two: "… 'x' -> 'y'". Attributes: int errno, str strerror, filename, filename2.
 *
 * @param path   NULL: none
 * @param path2  NULL: none
 */
#define aw_raise_os(errnum, path, path2) aw__raise_os(AW_HERE, errnum, path, path2)

/** Make a KeyError for a string key; its message is the key's repr(): "'x'". */
#define aw_raise_key(key) aw__raise_key(AW_HERE, key)

/**
 * Make an IncompleteReadError. Attributes: int expected, bytes partial.
 *
 * @param partial   `length` bytes, copied: what was read before the stream ended
 * @param expected  the number of bytes wanted; negative: undefined, and the attribute is left out
 */
#define aw_raise_incomplete_read(partial, length, expected)                                        \
	aw__raise_incomplete_read(AW_HERE, partial, length, expected)

/** Make a LimitOverrunError. Attributes: int consumed, the number of bytes to be consumed. */
#define aw_raise_limit_overrun(message, consumed)                                                  \
	aw__raise_limit_overrun(AW_HERE, message, consumed)

/**
 * Add a note, shown below the message: add_note().
 *
 * Consumes `err`; NULL gives NULL.
 *
 * Errors: out of memory, `err` without the note
 */
AW_API AW_MUST_USE AW_PRINTF(2, 3) aw_error *aw_error_note(aw_error *err, const char *format, ...);

/**
 * Set a typed attribute; it hides an earlier one with the same key.
 *
 * Consumes `err`; NULL gives NULL.
 *
 * Errors: out of memory, `err` without the attribute
 */
AW_API AW_MUST_USE aw_error *aw_error_with_int(aw_error *err, const char *key, int64_t value);
/** As aw_error_with_int(), with a string: `value` is copied; NULL is "". */
AW_API AW_MUST_USE aw_error *aw_error_with_str(aw_error *err, const char *key, const char *value);
/** As aw_error_with_int(), with bytes: `value` is copied; it may be NULL if `length` is 0. */
AW_API AW_MUST_USE aw_error *aw_error_with_bytes(aw_error *err, const char *key, const void *value,
						 size_t length);

AW_API AW_MUST_USE AW_PRINTF(5, 6) aw_error *aw__raise(const char *file, int line,
						       const char *function, aw_error_type *type,
						       const char *format, ...);
AW_API AW_MUST_USE AW_PRINTF(5, 0) aw_error *aw__raise_v(const char *file, int line,
							 const char *function, aw_error_type *type,
							 const char *format, va_list list);
AW_API AW_MUST_USE AW_PRINTF(6, 7) aw_error *aw__raise_from(const char *file, int line,
							    const char *function, aw_error *cause,
							    aw_error_type *type, const char *format,
							    ...);
AW_API AW_MUST_USE aw_error *aw__error_group(const char *file, int line, const char *function,
					     aw_error_type *type, const char *message,
					     aw_error *const *errs, size_t n);
AW_API AW_MUST_USE AW_PRINTF(5, 6) aw_error *aw__error_from_errno(const char *file, int line,
								  const char *function, int errnum,
								  const char *format, ...);
AW_API AW_MUST_USE AW_PRINTF(5, 6) aw_error *aw__error_from_uv(const char *file, int line,
							       const char *function, int status,
							       const char *format, ...);

AW_API AW_MUST_USE aw_error *aw__raise_os(const char *file, int line, const char *function,
					  int errnum, const char *path, const char *path2);
AW_API AW_MUST_USE aw_error *aw__raise_key(const char *file, int line, const char *function,
					   const char *key);
AW_API AW_MUST_USE aw_error *aw__raise_incomplete_read(const char *file, int line,
						       const char *function, const void *partial,
						       size_t length, int64_t expected);
AW_API AW_MUST_USE aw_error *aw__raise_limit_overrun(const char *file, int line,
						     const char *function, const char *message,
						     int64_t consumed);

/**
 * Evaluate `expression`; if it gives an error, return that error from the function.
 *
 * Enclosing blocks of <awry/with.h> are closed with the error, the innermost first. Scopes that were opened by
 * hand stay open.
 *
 * The error notes this place, which tracebacks show, unless there are other references to it.
 */
#define AW_TRY(/* expression */...)                                                                \
	do {                                                                                       \
		aw_error *aw__tried = (__VA_ARGS__);                                               \
		if (aw__tried != (aw_error *)0) {                                                  \
			aw__tried = aw__passed(AW_HERE, aw__tried);                                \
			return AW__LEAVE(aw__tried);                                               \
		}                                                                                  \
	} while (0)

AW_API AW_MUST_USE aw_error *aw__passed(const char *file, int line, const char *function,
					aw_error *err);

/*
 * The innermost enclosing block of <awry/with.h>: a variable of the block hides this name. Private.
 */
struct aw__with;
#if defined(__cplusplus)
static __attribute__((__unused__)) decltype(nullptr) const aw__with_here = nullptr;
#else
enum { aw__with_here = 0 };
#endif
#define AW__WITH_HERE ((struct aw__with *)aw__with_here)
/* Close all enclosing blocks; evaluates to the error to return in place of `err`. */
#define AW__LEAVE(err)                                                                             \
	(AW__WITH_HERE != (struct aw__with *)0 ? aw__with_leave(AW_HERE, AW__WITH_HERE, err)       \
					       : (err))

AW_API AW_MUST_USE aw_error *aw__with_leave(const char *file, int line, const char *function,
					    struct aw__with *with, aw_error *err);

/* -------------------------------------------------------------------------------------------------
 * References
 */

/** Take one more reference. Returns: `err`; NULL gives NULL. */
AW_API AW_MUST_USE aw_error *aw_error_ref(const aw_error *err);
/** Give up a reference; NULL is ignored. Does not recurse, however deep the tree. Returns: NULL. */
AW_API aw_error *aw_error_unref(aw_error *err);

/* -------------------------------------------------------------------------------------------------
 * Looking. NULL is allowed: it is treated as an error without a message or parts.
 */

/** Tell whether an error is of a type or of one that derives from it: isinstance(). False for NULL. */
AW_API bool aw_error_is(const aw_error *err, const aw_error_type *type);
/** Get the type of an error; NULL for NULL. */
AW_API aw_error_type *aw_error_typeof(const aw_error *err);
/** Get the name of its type: "ValueError"; "" for NULL. */
AW_API const char *aw_error_name(const aw_error *err);
/** Get the message (a group's without the count of its members); "" if there is none. Never NULL. */
AW_API const char *aw_error_message(const aw_error *err);

/** Count the notes. */
AW_API size_t aw_error_note_count(const aw_error *err);
/** Get a note; the oldest has index 0. NULL beyond the last. */
AW_API const char *aw_error_note_at(const aw_error *err, size_t index);

/** Get the error that it was raised from; NULL if there is none. */
AW_API const aw_error *aw_error_cause(const aw_error *err);
/** Get the error that was being handled when it was raised; NULL if there is none. */
AW_API const aw_error *aw_error_context(const aw_error *err);
/** Tell whether its context should be hidden: after aw_raise_from() and aw_error_from_none(). */
AW_API bool aw_error_suppresses_context(const aw_error *err);
/** Count the members of a group; 0 for any other error. */
AW_API size_t aw_error_child_count(const aw_error *err);
/** Get a member of a group; NULL beyond the last. */
AW_API const aw_error *aw_error_child(const aw_error *err, size_t index);

/** Get the id of the task that raised it; 0 outside of any. */
AW_API uint64_t aw_error_task_id(const aw_error *err);

/** A place in the source; its strings live as long as the error that it was obtained from. */
typedef struct aw_error_place {
	const char *file; /* NULL if there is none */
	const char *function;
	int line;
	uint32_t reserved[3]; /* 0: for later versions */
} aw_error_place;

/** Get the place where it was raised. */
AW_API aw_error_place aw_error_site(const aw_error *err);
/**
 * Get a place where AW_TRY() passed it on; index 0 is the innermost. The first six are kept.
 *
 * Returns: beyond the last one, a place without a file
 */
AW_API aw_error_place aw_error_passed(const aw_error *err, size_t index);

/** Get an attribute's value, or `otherwise` if there is none with this key and type. */
AW_API int64_t aw_error_int(const aw_error *err, const char *key, int64_t otherwise);
/** As aw_error_int(), for a string; it lives as long as the error. */
AW_API const char *aw_error_str(const aw_error *err, const char *key, const char *otherwise);
/** Get an attribute's bytes, followed by a NUL; NULL, and a length of 0, if there is none.
 * `ret_length` may be NULL. */
AW_API const void *aw_error_bytes(const aw_error *err, const char *key, size_t *ret_length);

/* -------------------------------------------------------------------------------------------------
 * Splitting: except*
 */

/**
 * Split an error into the part that is of `type` and the rest: `except* type`. Consumes `err`.
 *
 * The parts of a group keep its nesting; each group in them is a copy with the message, notes,
 * cause, context, attributes and call site of the original. A group that is itself of `type` matches
 * whole. A single error that matches is wrapped in a group with an empty message, as except* does;
 * one that does not match becomes the rest, unchanged.
 *
 * @param ret_matched  set, to NULL if nothing matches; owned. NULL: not wanted
 * @param ret_rest     set, to NULL if everything matches; owned. NULL: not wanted
 *
 * Errors: out of memory, nothing is split: the rest is `err`, so that it stays unhandled
 * Source: PEP 654; CPython Objects/exceptions.c, exceptiongroup_split_recursive
 */
AW_API void aw_error_split(aw_error *err, const aw_error_type *type, aw_error **ret_matched,
			   aw_error **ret_rest);

/**
 * Get the part of an error that is of `type`; `err` is not consumed.
 *
 * Returns: a new reference; for an error that is not a group, to `err` itself; NULL if nothing
 *          matches, or out of memory
 */
AW_API AW_MUST_USE aw_error *aw_error_subgroup(const aw_error *err, const aw_error_type *type);

/**
 * Make a group with other members, and with the message, notes, cause, context and attributes of `group`.
 *
 * @param errs  consumed, the array is not; NULL entries are skipped
 *
 * Errors: as aw_error_group()
 */
AW_API AW_MUST_USE aw_error *aw_error_derive(const aw_error *group, aw_error *const *errs,
					     size_t n);

/* -------------------------------------------------------------------------------------------------
 * Showing
 */

/**
 * Print an error and its whole tree as CPython prints a traceback; NULL prints nothing.
 *
 * Nothing is left out. A part that has parts of its own and was already shown is named again, but not
 * repeated. Groups nested deeper than 100 levels are not indented further, and show their level.
 */
AW_API void aw_error_print(const aw_error *err, FILE *file);

/** As aw_error_print(), to a string; free it with free(). Returns: NULL for NULL, and if there is no memory. */
AW_API AW_MUST_USE char *aw_error_format(const aw_error *err);

/** How much of a tree is printed: AW_ERROR_PRINT_OPTS(.max_group_width = 15). */
struct aw_error_print_options {
	size_t size;		/* of this struct; AW_ERROR_PRINT_OPTS() sets it */
	size_t max_group_width; /* members shown of each group; 0: all. CPython: 15 */
	size_t max_group_depth; /* levels of nested groups shown; 0: all. CPython: 10 */
};

#define AW_ERROR_PRINT_OPTS(...) AW__OPTS(aw_error_print_options, __VA_ARGS__)

/**
 * As aw_error_print(), cut as CPython cuts: "and N more exceptions", "... (max_group_depth is 10)".
 *
 * @param options  AW_ERROR_PRINT_OPTS(.max_group_width = 15, .max_group_depth = 10); NULL: no cuts
 * Source: CPython 3.11 Lib/traceback.py, TracebackException
 */
AW_API void aw_error_print_with(const aw_error *err, FILE *file,
				const struct aw_error_print_options *options);
/** As aw_error_format(), cut like aw_error_print_with(). */
AW_API AW_MUST_USE char *aw_error_format_with(const aw_error *err,
					      const struct aw_error_print_options *options);

/**
 * Format an error as Python's repr() does: "ValueError('bad')", "ExceptionGroup('g', [KeyError('x')])".
 *
 * An error without a message is shown without arguments. Free the string with free(). NULL for NULL,
 * and if there is no memory.
 */
AW_API AW_MUST_USE char *aw_error_repr(const aw_error *err);

/** The default of `max_bytes` in aw_error_json(). */
#define AW_ERROR_JSON_BYTES ((size_t)1 << 20)

/**
 * Format an error and its whole tree as JSON.
 *
 *	{"count": 3, "errors": [{"type": "ValueError", "bases": ["Exception", "BaseException"],
 *	  "message": "bad", "site": {"file": …, "line": 12, "function": …}, "passed": [{"file": …}, …],
 *	  "task": 2, "stack": 17, "suppress_context": false, "notes": […], "attributes":
 *	  {"status": 503, "partial": {"hex": "00ff"}}, "cause": 1, "context": null, "child_count": 1, "children": [2]}, …]}
 *
 * The tree is a flat list, so that a deep tree cannot exhaust a reader: the error itself has index 0,
 * and its parts are given by their index, nearer ones first. `count` is the number of errors in the tree;
 * if fewer are listed, there was no room for the rest. `passed` is aw_error_passed(). `stack` is the recorder's number of the
 * raise stack, `task` the id of the task that raised the error; null: none. The output is always UTF-8:
 * bytes that are not UTF-8 become U+FFFD.
 *
 * @param max_bytes  approximate size of the result; 0: AW_ERROR_JSON_BYTES. The first error is always
 *                   included, with its texts cut to a quarter of this
 *
 * Free the string with free(). NULL for NULL, and if there is no memory.
 */
AW_API AW_MUST_USE char *aw_error_json(const aw_error *err, size_t max_bytes);

/**
 * Turn the outcome of a program into its exit status. Consumes `err`.
 *
 * NULL gives 0. SystemExit gives its int attribute `code`; without that attribute, its message goes to
 * stderr and the status is 1, or 0 if it has no message. KeyboardInterrupt is printed; the status is 130,
 * and when the program exits it ends by SIGINT, so that the shell sees why. Any other error is printed
 * to stderr, and gives 1.
 */
AW_API int aw_exit_status(aw_error *err);

#ifdef __cplusplus
}
#endif

#endif
