/* SPDX-License-Identifier: MIT */
/* A recording written by hand: one function call for each item, which goes into a model. */
#ifndef AW_TEST_ITEMS_H
#define AW_TEST_ITEMS_H

#include "viewer/model/model.h"

void items_hello(struct aw__model *model, uint32_t pid);
void items_goodbye(struct aw__model *model);
void items_string(struct aw__model *model, uint32_t id, const char *text);
void items_place(struct aw__model *model, uint32_t id, uint64_t function, uint64_t file,
		 uint32_t line);
void items_type(struct aw__model *model, uint32_t id, const char *name, uint64_t base);
/* `frames`: `count` ids of places. */
void items_stack(struct aw__model *model, uint32_t id, uint64_t link, uint32_t flags, size_t count,
		 const uint64_t *frames);
/* An event of thread 0; `list` may be NULL, `text` too. */
void items_event(struct aw__model *model, enum aw__event_kind kind, uint64_t time_ns,
		 uint64_t subject, const uint64_t args[AW__EVENT_ARGS], size_t list_length,
		 const uint64_t *list, const char *text);
void items_created(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t creator,
		   uint64_t coroutine, uint64_t stack, const char *name);
void items_done(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t outcome,
		uint64_t error);
void items_told(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t creator,
		uint64_t coroutine, uint64_t stack, uint64_t state, const char *name);

struct items_error {
	uint64_t time_ns, id, type, task, site, stack, flags, cause, context;
	size_t child_count;
	uint64_t children[8];
	const char *message;
};

void items_error(struct aw__model *model, const struct items_error *error);
void items_found(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t kind,
		 uint64_t task, uint64_t error, uint64_t stack, uint64_t value, uint64_t coroutine);

#endif
