/* SPDX-License-Identifier: MIT */
/*
 * Contexts and context variables: aw_var_get(), aw_var_set(), aw_context_run() and others, as in Python's
 * contextvars. Each task has a context; code outside of tasks has one for each thread.
 */
#include "agent/runtime/task/context.h"

#include "agent/runtime/task/bindings.h"
#include "agent/runtime/task/task.h"
#include "base/alloc.h"

#include <pthread.h>

struct aw_context {
	unsigned int refs;	       /* atomic: the last reference may go on another thread */
	bool entered;		       /* by aw_context_run() */
	struct aw__bindings *bindings; /* NULL: none */
};

struct aw_token {
	const aw_var *var;
	aw_context *context; /* referenced */
	bool was_set;
	void *value; /* the former value; referenced if was_set */
};

static _Thread_local aw_context *outside; /* the context outside of any task */
static pthread_key_t thread_end;
static pthread_once_t thread_end_once = PTHREAD_ONCE_INIT;

static void on_thread_end(void *slot)
{
	aw_context **own = slot;

	*own = aw_context_unref(*own);
}

static void make_thread_end(void)
{
	(void)pthread_key_create(&thread_end, on_thread_end);
}

aw_context **aw__context_slot(void)
{
	struct aw_task *task = aw__task_current();

	return task != NULL ? &task->context : &outside;
}

static aw_context *create(struct aw__bindings *bindings)
{
	aw_context *context = aw__alloc(sizeof(*context));

	if (context == NULL)
		return NULL;
	context->refs = 1;
	context->entered = false;
	context->bindings = aw__bindings_ref(bindings);
	return context;
}

bool aw__context_fork(const aw_context *context, aw_context **ret_copy)
{
	aw_context *copy = NULL;

	if (context != NULL && context->bindings != NULL &&
	    (copy = create(context->bindings)) == NULL)
		return false;
	*ret_copy = copy;
	return true;
}

aw_context *aw__context_enter(aw_context *context)
{
	aw_context *former = outside;

	outside = context;
	return former;
}

void aw__context_leave(aw_context *former)
{
	aw_context *context = outside;

	outside = former;
	aw_context_unref(context);
}

/* The current context, created if there is none; NULL if there is no memory. */
static aw_context *current(void)
{
	aw_context **slot = aw__context_slot();

	if (*slot == NULL && (*slot = create(NULL)) != NULL && slot == &outside) {
		pthread_once(&thread_end_once, make_thread_end);
		(void)pthread_setspecific(thread_end, &outside);
	}
	return *slot;
}

/* Free the thread's context if it has become empty and nobody else references it. */
static void tidy(void)
{
	if (outside != NULL && outside->bindings == NULL && !outside->entered &&
	    __atomic_load_n(&outside->refs, __ATOMIC_RELAXED) == 1)
		outside = aw_context_unref(outside);
}

void *aw_context_get(const aw_context *context, const aw_var *var)
{
	void *value = var->otherwise;

	if (context != NULL)
		(void)aw__bindings_find(context->bindings, var, &value);
	return value;
}

void *aw_var_get(const aw_var *var)
{
	return aw_context_get(*aw__context_slot(), var);
}

aw_error *aw_var_lookup(const aw_var *var, void **ret_value)
{
	const aw_context *context = *aw__context_slot();
	void *value = var->otherwise;

	if ((context == NULL || !aw__bindings_find(context->bindings, var, &value)) &&
	    var->required)
		return aw_raise(aw_LookupError, "%s", var->name);
	*ret_value = value;
	return NULL;
}

static aw_token *create_token(const aw_var *var, aw_context *context)
{
	aw_token *token = aw__alloc_zeroed(1, sizeof(*token));

	if (token == NULL)
		return NULL;
	token->var = var;
	token->context = aw_context_ref(context);
	token->was_set = aw__bindings_find(context->bindings, var, &token->value);
	if (token->was_set && var->ref != NULL)
		var->ref(token->value);
	return token;
}

static aw_error *replace(aw_context *context, const aw_var *var, bool set, void *value)
{
	struct aw__bindings *bindings = context->bindings;

	if (!aw__bindings_with(&bindings, var, set, value))
		return aw_raise(aw_MemoryError, NULL);
	aw__bindings_unref(context->bindings);
	context->bindings = bindings;
	return NULL;
}

aw_error *aw_var_set(const aw_var *var, void *value, aw_token **ret_token)
{
	aw_context *context = current();
	aw_token *token = NULL;
	aw_error *err;

	if (context == NULL)
		goto no_memory;
	if (ret_token != NULL && (token = create_token(var, context)) == NULL)
		goto no_memory;
	err = replace(context, var, true, value);
	if (err != NULL) {
		aw_token_destroy(token);
		tidy();
		return err;
	}
	if (ret_token != NULL)
		*ret_token = token;
	return NULL;
no_memory:
	tidy();
	return aw_raise(aw_MemoryError, NULL);
}

aw_error *aw_var_reset(const aw_var *var, aw_token **token)
{
	aw_token *own = *token;

	aw__must(own != NULL, "there is no token, or it has been used already");
	if (own->var != var)
		return aw_raise(aw_ValueError, "the token was created by a different variable");
	if (own->context != *aw__context_slot())
		return aw_raise(aw_ValueError, "the token was created in a different Context");
	AW_TRY(replace(own->context, var, own->was_set, own->value));
	aw_token_destroy(own);
	*token = NULL;
	tidy();
	return NULL;
}

void aw_token_destroy(aw_token *token)
{
	if (token == NULL)
		return;
	if (token->was_set && token->var->unref != NULL)
		token->var->unref(token->value);
	aw_context_unref(token->context);
	aw__alloc_free(token);
}

aw_context *aw_context_copy(void)
{
	const aw_context *context = *aw__context_slot();

	return create(context != NULL ? context->bindings : NULL);
}

aw_context *aw_context_ref(aw_context *context)
{
	if (context != NULL)
		__atomic_fetch_add(&context->refs, 1, __ATOMIC_RELAXED);
	return context;
}

aw_context *aw_context_unref(aw_context *context)
{
	if (context == NULL || __atomic_sub_fetch(&context->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return NULL;
	aw__bindings_unref(context->bindings);
	aw__alloc_free(context);
	return NULL;
}

aw_error *aw_context_run(aw_context *context, void (*fn)(void *arg), void *arg)
{
	aw_context **slot = aw__context_slot(), *former = *slot;

	if (context == NULL)
		return aw_raise(aw_MemoryError, "no memory for the context");
	if (context->entered || context == former)
		return aw_raise(aw_RuntimeError, "cannot enter context: it is already entered");
	context->entered = true;
	*slot = aw_context_ref(context);
	fn(arg);
	*slot = former;
	context->entered = false;
	aw_context_unref(context);
	return NULL;
}
