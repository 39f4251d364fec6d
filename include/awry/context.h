/* SPDX-License-Identifier: MIT */
/**
 * awry/context.h - context variables: values for a task and for everything that it starts.
 *
 * A variable is a static object. Its value belongs to the current context: that of the running task, of
 * the running callback, or of the thread. A new task, a callback and a call in a thread begin with a copy
 * of the context in which they were made.
 *
 *	static const aw_var request = AW_VAR("request", .otherwise = "none");
 *
 *	aw_token *token;
 *	AW_TRY(aw_var_set(&request, "r-17", &token));
 *	…                                  aw_var_get(&request) is "r-17", here and in tasks made here
 *	err = aw_var_reset(&request, &token);
 *
 * Context: any thread; only one thread at a time may use a context, except for its reference count
 */
#ifndef AWRY_CONTEXT_H
#define AWRY_CONTEXT_H

#include <stdbool.h>

#include <awry/compiler.h>
#include <awry/error.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aw_context aw_context;
typedef struct aw_token aw_token;

/** A variable. Its address is its identity. */
typedef struct aw_var {
	const char *name;
	void *otherwise; /* the value where none was set */
	bool required;	 /* there is no default value: aw_var_lookup() gives a LookupError */
	void (*ref)(
		void *); /* called when a context begins to hold a value; NULL: values need none */
	void (*unref)(
		void *);   /* called when it stops; may run on any thread that drops a context */
	void *reserved[2]; /* 0: for later versions */
} aw_var;

/** The initialiser of a variable: its name, then designated fields. */
#define AW_VAR(...) AW__VAR(__VA_ARGS__, )
/* C++ allows either all members designated, or none. Private. */
#define AW__VAR(title, ...)                                                                        \
	{                                                                                          \
		.name = title, __VA_ARGS__                                                         \
	}

/** Get the variable's value in the current context, or var->otherwise. */
AW_API void *aw_var_get(const aw_var *var);

/**
 * Get the variable's value in the current context.
 *
 * Errors: LookupError, with the variable's name, if none was set and it is `required`
 */
AW_API AW_MUST_USE aw_error *aw_var_lookup(const aw_var *var, void **ret_value);

/**
 * Set the variable in the current context.
 *
 * @param value      borrowed; var->ref() is called with it
 * @param ret_token  set on success; owned, aw_var_reset() consumes it. NULL if not wanted
 *
 * Errors: MemoryError; nothing changed then
 */
AW_API AW_MUST_USE aw_error *aw_var_set(const aw_var *var, void *value, aw_token **ret_token);

/**
 * Restore the value that the variable had before it was set: `aw_var_reset(&var, &token)`.
 *
 * @param token  consumed and set to NULL on success, and only then
 *
 * Errors:  ValueError if the token belongs to another variable or context; MemoryError
 * Source:  PEP 567; CPython Python/context.c
 */
AW_API AW_MUST_USE aw_error *aw_var_reset(const aw_var *var, aw_token **token);
/** Drop a token that is not needed. NULL is ignored. */
AW_API void aw_token_destroy(aw_token *token);

/** Copy the current context, as it is now. Owner: the caller has a reference. NULL: no memory. */
AW_API aw_context *aw_context_copy(void);
/** Take one more reference. NULL is ignored. Returns: the context. */
AW_API aw_context *aw_context_ref(aw_context *context);
/** Give up a reference; returns NULL. */
AW_API aw_context *aw_context_unref(aw_context *context);
/** Get the variable's value in `context`, or var->otherwise. */
AW_API void *aw_context_get(const aw_context *context, const aw_var *var);

/**
 * Call fn(arg) in a context: variables that it sets are set in that context, not in the caller's.
 *
 * Inside a task fn may wait.
 *
 * Errors: RuntimeError if a call already runs in that context; MemoryError if context is NULL
 */
AW_API AW_MUST_USE aw_error *aw_context_run(aw_context *context, void (*fn)(void *arg), void *arg);

#ifdef __cplusplus
}
#endif

#endif
