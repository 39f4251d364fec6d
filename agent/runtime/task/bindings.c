/* SPDX-License-Identifier: MIT */
/* Immutable arrays of context variables and their values, for context.c: setting a variable makes a new array. */
#include "agent/runtime/task/bindings.h"

#include "base/alloc.h"

struct binding {
	const aw_var *var;
	void *value;
};

/* A plain array: programs have few variables, and set them seldom. */
struct aw__bindings {
	unsigned int refs; /* atomic */
	size_t count;
	struct binding bindings[];
};

bool aw__bindings_find(const struct aw__bindings *bindings, const aw_var *var, void **ret_value)
{
	for (size_t i = 0; bindings != NULL && i < bindings->count; i++) {
		if (bindings->bindings[i].var == var) {
			*ret_value = bindings->bindings[i].value;
			return true;
		}
	}
	return false;
}

static void append(struct aw__bindings *bindings, const aw_var *var, void *value)
{
	if (var->ref != NULL)
		var->ref(value);
	bindings->bindings[bindings->count++] = (struct binding){ var, value };
}

bool aw__bindings_with(struct aw__bindings **bindings, const aw_var *var, bool set, void *value)
{
	const struct aw__bindings *old = *bindings;
	size_t most = (old != NULL ? old->count : 0) + 1;
	struct aw__bindings *new = aw__alloc(sizeof(*new) + most * sizeof(new->bindings[0]));

	if (new == NULL)
		return false;
	new->refs = 1;
	new->count = 0;
	for (size_t i = 0; i + 1 < most; i++) {
		if (old->bindings[i].var != var)
			append(new, old->bindings[i].var, old->bindings[i].value);
	}
	if (set)
		append(new, var, value);
	if (new->count == 0) {
		aw__alloc_free(new);
		new = NULL;
	}
	*bindings = new;
	return true;
}

struct aw__bindings *aw__bindings_ref(struct aw__bindings *bindings)
{
	if (bindings != NULL)
		__atomic_fetch_add(&bindings->refs, 1, __ATOMIC_RELAXED);
	return bindings;
}

void aw__bindings_unref(struct aw__bindings *bindings)
{
	if (bindings == NULL || __atomic_sub_fetch(&bindings->refs, 1, __ATOMIC_ACQ_REL) > 0)
		return;
	for (size_t i = 0; i < bindings->count; i++) {
		const struct binding *binding = &bindings->bindings[i];

		if (binding->var->unref != NULL)
			binding->var->unref(binding->value);
	}
	aw__alloc_free(bindings);
}
