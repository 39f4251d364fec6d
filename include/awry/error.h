/* SPDX-License-Identifier: MIT */
/**
 * awry/error.h - errors are values, have a type, and form trees.
 *
 * A fallible function returns `aw_error *`: NULL is success. An error that a function holds is an
 * `aw_error *`, and whoever passes it on gives it away: constructors consume what they wrap. An
 * error that is only looked at is a `const aw_error *`: it is borrowed, and dies with the error
 * that it was asked from.
 *
 * Once returned, an error is frozen. What seems to change one (a note, an attribute, a context)
 * consumes it and returns one: the same if nobody else holds it, a copy otherwise. So no cycle can
 * form, and errors may be read from many threads at once.
 *
 * Constructors never return NULL. Out of memory, aw_raise() gives a MemoryError that needs none,
 * and what wraps an error gives back that error as it was: the root cause is never lost.
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

/** A type is a static object, made by AW_ERROR_TYPE() alone; its address is its identity. */
typedef struct aw_error_type {
	const char *name;
	struct aw_error_type *base; /* NULL: the root */
	uint32_t interned;	    /* the recorder's number of it; 0: not told yet */
	uint32_t reserved[3];	    /* 0 */
} aw_error_type;

/**
 * Define an error type at file scope: AW_ERROR_TYPE(TradingSystemError, aw_Exception);
 *
 * The name becomes an array of one, so that it needs no ampersand where a type is wanted. `static`
 * may stand before it.
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

/** The type that CPython gives an OSError with this errno; aw_OSError if it has none of its own. */
AW_API aw_error_type *aw_error_type_from_errno(int errnum);

/* -------------------------------------------------------------------------------------------------
 * Raising. All of these are macros over a function that takes the call site first.
 */

/**
 * Make an error: aw_raise(aw_ValueError, "Task %d failed!", n).
 *
 * The call site, the native stack (while recording) and the current task are kept with it.
 *
 * @param type  not a group's: those have members, see aw_error_group(); a group's type gives a
 * TypeError
 * @param ...   a printf format and its arguments; NULL for no message
 *
 * Errors: MemoryError, without a message, if there is no memory
 */
#define aw_raise(type, ...) aw__raise(AW_HERE, type, __VA_ARGS__)

/** As aw_raise(), with the arguments of the message in a va_list. */
#define aw_raise_v(type, format, list) aw__raise_v(AW_HERE, type, format, list)

/**
 * Make an error whose cause is another: `raise … from cause`.
 *
 * @param cause  consumed; NULL is the same as aw_raise()
 *
 * Errors: out of memory, `cause` itself
 */
#define aw_raise_from(cause, type, ...) aw__raise_from(AW_HERE, cause, type, __VA_ARGS__)

/**
 * Give an error a cause, in place of the one that it has: `raise err from cause`, of an error that
 * exists already, such as a group. Consumes both; either may be NULL: the other is returned.
 *
 * Errors: out of memory, `cause` itself
 */
AW_API AW_MUST_USE aw_error *aw_error_from(aw_error *cause, aw_error *err);

/**
 * Say that `err` was raised while `context` was being handled; consumes both.
 *
 * As when CPython raises in an except block, the context goes to the far end of the causes and
 * contexts that `err` already has: those, too, came up during the handling. If it is there already,
 * nothing changes. Either may be NULL: the other is returned.
 *
 * Errors: out of memory, `context` itself
 */
AW_API AW_MUST_USE aw_error *aw_raise_in(aw_error *context, aw_error *err);

/**
 * Raise an error `from None`: drop its cause, do not show its context.
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

/** As aw_error_group(), of a type of your own that derives from aw_BaseExceptionGroup. A type
 * derived from aw_ExceptionGroup whose members are not all Exceptions gives way to
 * aw_BaseExceptionGroup. */
#define aw_error_group_of(/* type, message, errs, n */...) aw__error_group(AW_HERE, __VA_ARGS__)

/**
 * Make the OSError of an errno: "[Errno 111] Connection refused", or with a detail
 * "[Errno 2] No such file or directory: 'x'". Attributes: int errno, str strerror.
 *
 * @param ...  a printf format for the detail, and its arguments; NULL for none
 */
#define aw_error_from_errno(errnum, ...) aw__error_from_errno(AW_HERE, errnum, __VA_ARGS__)

/**
 * Make the error of a libuv status (negative), as CPython would name it.
 *
 * UV_EOF is an EOFError; the UV_EAI_* are a gaierror with the resolver's number; the rest is an
 * OSError.
 *
 * @param ...  as for aw_error_from_errno()
 */
#define aw_error_from_uv(status, ...) aw__error_from_uv(AW_HERE, status, __VA_ARGS__)

/**
 * Make the OSError of an errno about a file: "[Errno 2] No such file or directory: 'x'", or about
 * two: "… 'x' -> 'y'". Attributes: int errno, str strerror, filename, filename2.
 *
 * @param path   NULL: none
 * @param path2  NULL: none
 */
#define aw_raise_os(errnum, path, path2) aw__raise_os(AW_HERE, errnum, path, path2)

/** Make the KeyError of a key that is a string; its message is the key's repr(): "'x'". */
#define aw_raise_key(key) aw__raise_key(AW_HERE, key)

/**
 * Make an IncompleteReadError. Attributes: int expected, bytes partial.
 *
 * @param partial   `length` bytes, copied: what there was before the stream ended
 * @param expected  how many bytes were wanted; negative: not defined, and there is no such
 *                  attribute
 */
#define aw_raise_incomplete_read(partial, length, expected)                                        \
	aw__raise_incomplete_read(AW_HERE, partial, length, expected)

/** Make a LimitOverrunError. Attributes: int consumed, how many bytes are to be consumed. */
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
 * Set a typed attribute; a later one hides an earlier one of the same key.
 *
 * Consumes `err`; NULL gives NULL.
 *
 * Errors: out of memory, `err` without the attribute
 */
AW_API AW_MUST_USE aw_error *aw_error_with_int(aw_error *err, const char *key, int64_t value);
/** As aw_error_with_int(), of a string: `value` is copied; NULL is "". */
AW_API AW_MUST_USE aw_error *aw_error_with_str(aw_error *err, const char *key, const char *value);
/** As aw_error_with_int(), of bytes: `value` is copied; it may be NULL if `length` is 0. */
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
 * Return from the function with the error of `expression`, if there is one.
 *
 * Blocks of <awry/with.h> that are left by that are closed, the innermost first, with the error. What was opened by
 * hand stays open.
 *
 * The error notes the place, which tracebacks show, as long as nobody else holds it.
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
 * The innermost block of <awry/with.h> around a place in the source: a variable of the block hides this name. Private.
 */
struct aw__with;
#if defined(__cplusplus)
static __attribute__((__unused__)) decltype(nullptr) const aw__with_here = nullptr;
#else
enum { aw__with_here = 0 };
#endif
#define AW__WITH_HERE ((struct aw__with *)aw__with_here)
/* What to return in place of `err` in order to leave all blocks around. */
#define AW__LEAVE(err)                                                                             \
	(AW__WITH_HERE != (struct aw__with *)0 ? aw__with_leave(AW_HERE, AW__WITH_HERE, err)       \
					       : (err))

AW_API AW_MUST_USE aw_error *aw__with_leave(const char *file, int line, const char *function,
					    struct aw__with *with, aw_error *err);

/* -------------------------------------------------------------------------------------------------
 * Holding
 */

/** Take one more reference. Returns: `err`; NULL gives NULL. */
AW_API AW_MUST_USE aw_error *aw_error_ref(const aw_error *err);
/** Give up a reference; takes NULL. Never recurses, however deep the tree. Returns: NULL. */
AW_API aw_error *aw_error_unref(aw_error *err);

/* -------------------------------------------------------------------------------------------------
 * Looking. Each takes NULL, as an error without anything.
 */

/** Tell whether an error is of a type or of one below it: isinstance(). False for NULL. */
AW_API bool aw_error_is(const aw_error *err, const aw_error_type *type);
/** Get the type of an error; NULL for NULL. */
AW_API aw_error_type *aw_error_typeof(const aw_error *err);
/** Get the name of its type: "ValueError"; "" for NULL. */
AW_API const char *aw_error_name(const aw_error *err);
/** Get the message, of a group without the count of its members; "" if there is none. Never NULL. */
AW_API const char *aw_error_message(const aw_error *err);

/** Count the notes. */
AW_API size_t aw_error_note_count(const aw_error *err);
/** Get a note, the oldest is at 0. NULL beyond the last. */
AW_API const char *aw_error_note_at(const aw_error *err, size_t index);

/** Get what it was raised from; NULL if nothing. */
AW_API const aw_error *aw_error_cause(const aw_error *err);
/** Get what was being handled when it was raised; NULL if nothing. */
AW_API const aw_error *aw_error_context(const aw_error *err);
/** Tell whether its context is not to be shown: after aw_raise_from() and aw_error_from_none(). */
AW_API bool aw_error_suppresses_context(const aw_error *err);
/** Count the members of a group; 0 for any other error. */
AW_API size_t aw_error_child_count(const aw_error *err);
/** Get a member of a group; NULL beyond the last. */
AW_API const aw_error *aw_error_child(const aw_error *err, size_t index);

/** Get the id of the task that raised it; 0 outside of any. */
AW_API uint64_t aw_error_task_id(const aw_error *err);

/** A place in the source; its strings live as long as the error that it was asked from. */
typedef struct aw_error_place {
	const char *file; /* NULL if there is none */
	const char *function;
	int line;
	uint32_t reserved[3]; /* 0: for later versions */
} aw_error_place;

/** Get where it was raised. */
AW_API aw_error_place aw_error_site(const aw_error *err);
/**
 * Get a place where AW_TRY() passed it on: 0 is the innermost. The first six are kept.
 *
 * Returns: a place without a file behind the last one
 */
AW_API aw_error_place aw_error_passed(const aw_error *err, size_t index);

/** Get an attribute's value, or `otherwise` if there is none of this key and type. */
AW_API int64_t aw_error_int(const aw_error *err, const char *key, int64_t otherwise);
/** As aw_error_int(), of a string; it lives as long as the error. */
AW_API const char *aw_error_str(const aw_error *err, const char *key, const char *otherwise);
/** Get an attribute's bytes, which are followed by a NUL; NULL, and a length of 0, if there is none.
 * `ret_length` may be NULL. */
AW_API const void *aw_error_bytes(const aw_error *err, const char *key, size_t *ret_length);

/* -------------------------------------------------------------------------------------------------
 * Splitting: except*
 */

/**
 * Split an error into what is of `type` and what is not: `except* type`. Consumes `err`.
 *
 * The parts of a group keep its nesting; each group in them is a copy with the message, notes,
 * cause, context, attributes and call site of the one that it came from. A group that is itself of
 * `type` matches whole. An error that is no group is, if it matches, wrapped in a group with an
 * empty message, as except* does; and if not, the rest is that very error.
 *
 * @param ret_matched  set, maybe to NULL; owned. NULL: not wanted
 * @param ret_rest     likewise
 *
 * Errors: out of memory, nothing is split: the rest is `err`, so that it goes on unhandled
 * Source: PEP 654; CPython Objects/exceptions.c, exceptiongroup_split_recursive
 */
AW_API void aw_error_split(aw_error *err, const aw_error_type *type, aw_error **ret_matched,
			   aw_error **ret_rest);

/**
 * Get the part of an error that is of `type`; `err` stays.
 *
 * Returns: a new reference; of an error that is no group, to itself; NULL if nothing matches, or
 *          out of memory
 */
AW_API AW_MUST_USE aw_error *aw_error_subgroup(const aw_error *err, const aw_error_type *type);

/**
 * Make a group like `group`, its message, notes, cause, context and attributes, with other members.
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
 * Print an error and all of its tree as CPython prints a traceback; NULL prints nothing.
 *
 * Nothing is left out. A part that was shown above with parts of its own is named again and not
 * repeated; boxes nested deeper than 100 stay at that margin and tell their level.
 */
AW_API void aw_error_print(const aw_error *err, FILE *file);

/** The same text as a string, to be freed with free(). NULL for NULL, and if there is no memory. */
AW_API AW_MUST_USE char *aw_error_format(const aw_error *err);

/** How much of a tree is printed; AW_ERROR_PRINT_OPTS() makes one. */
struct aw_error_print_options {
	size_t size;		/* of this struct; AW_ERROR_PRINT_OPTS() sets it */
	size_t max_group_width; /* members of a group that are shown; 0: all. CPython: 15 */
	size_t max_group_depth; /* groups in groups that are shown; 0: all. CPython: 10 */
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
/** As aw_error_format(), likewise. */
AW_API AW_MUST_USE char *aw_error_format_with(const aw_error *err,
					      const struct aw_error_print_options *options);

/**
 * Give an error as Python's repr() shows it: "ValueError('bad')", "ExceptionGroup('g', [KeyError('x')])".
 *
 * An error without a message is shown as one without arguments. To be freed with free(); NULL for
 * NULL, and if there is no memory.
 */
AW_API AW_MUST_USE char *aw_error_repr(const aw_error *err);

/** What aw_error_json() writes at most, unless told otherwise. */
#define AW_ERROR_JSON_BYTES ((size_t)1 << 20)

/**
 * Give an error and all of its tree as JSON.
 *
 *	{"count": 3, "errors": [{"type": "ValueError", "bases": ["Exception", "BaseException"],
 *	  "message": "bad", "site": {"file": …, "line": 12, "function": …}, "passed": [{"file": …}, …],
 *	  "task": 2, "stack": 17, "suppress_context": false, "notes": […], "attributes":
 *	  {"status": 503, "partial": {"hex": "00ff"}}, "cause": 1, "context": null, "child_count": 1, "children": [2]}, …]}
 *
 * The tree is a list, so that no depth of it can exhaust a reader: the error itself is number 0,
 * and parts are numbers in it, the nearer ones first. `count` is how many there are; if fewer are
 * listed, the rest found no room. `passed` is aw_error_passed(). `stack` is the recorder's number of the raise stack, `task` the
 * id of the task that raised it; null: none. The text is UTF-8 whatever a message holds: what is
 * not becomes U+FFFD.
 *
 * @param max_bytes  of the result, approximately; 0: AW_ERROR_JSON_BYTES. The first error is always
 *                   there, its texts cut to a quarter of this
 *
 * To be freed with free(); NULL for NULL, and if there is no memory.
 */
AW_API AW_MUST_USE char *aw_error_json(const aw_error *err, size_t max_bytes);

/**
 * Turn the outcome of a program into its exit status. Consumes `err`.
 *
 * NULL is 0. SystemExit is its int attribute `code`; without it, its message goes to stderr and the
 * status is 1, or 0 if it has none. KeyboardInterrupt is printed; the status is 130, and when the
 * program exits it dies by SIGINT, so that the shell sees what happened. Any other is printed to
 * stderr: 1.
 */
AW_API int aw_exit_status(aw_error *err);

#ifdef __cplusplus
}
#endif

#endif
