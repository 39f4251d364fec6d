/* SPDX-License-Identifier: MIT */
/*
 * Builds recordings by hand, with one function call for each item, which goes into a model. Programs that define
 * their own aw__model_ingest() encode the items instead (tests/tui, tests/cli).
 */
#include "model_items.h"

#include <string.h>

void items_hello(struct aw__model *model, uint32_t pid)
{
	struct aw__item item = { .kind = AW__ITEM_HELLO };

	item.hello.major = AW__PROTOCOL_MAJOR;
	item.hello.pid = pid;
	item.hello.process_start_ticks = 7;
	item.hello.monotonic_ns = 1000;
	item.hello.realtime_ns = UINT64_C(1700000000000000000);
	strcpy(item.hello.runtime, "awry");
	strcpy(item.hello.program, "/usr/bin/demo");
	aw__model_ingest(model, &item);
}

void items_goodbye(struct aw__model *model)
{
	struct aw__item item = { .kind = AW__ITEM_GOODBYE };

	aw__model_ingest(model, &item);
}

static void define(struct aw__model *model, uint32_t id, enum aw__definition_kind kind,
		   size_t count, const uint64_t *numbers, const char *text)
{
	struct aw__item item = { .kind = AW__ITEM_DEFINITION };

	item.definition.id = id;
	item.definition.kind = kind;
	item.definition.number_count = (uint32_t)count;
	item.definition.numbers = numbers;
	item.definition.text = text;
	item.definition.text_length = text != NULL ? (uint32_t)strlen(text) : 0;
	aw__model_ingest(model, &item);
}

void items_string(struct aw__model *model, uint32_t id, const char *text)
{
	define(model, id, AW__STRING, 0, NULL, text);
}

void items_place(struct aw__model *model, uint32_t id, uint64_t function, uint64_t file,
		 uint32_t line)
{
	uint64_t numbers[AW__PLACE_NUMBERS] = { function, file, line, 0 };

	define(model, id, AW__PLACE, AW__PLACE_NUMBERS, numbers, NULL);
}

void items_type(struct aw__model *model, uint32_t id, const char *name, uint64_t base)
{
	define(model, id, AW__TYPE, 1, &base, name);
}

void items_stack(struct aw__model *model, uint32_t id, uint64_t link, uint32_t flags, size_t count,
		 const uint64_t *frames)
{
	uint64_t numbers[AW__STACK_FRAMES + 64] = { link, flags };

	for (size_t i = 0; i < count; i++)
		numbers[AW__STACK_FRAMES + i] = frames[i] | AW__FRAME_IS_PLACE;
	define(model, id, AW__STACK, AW__STACK_FRAMES + count, numbers, NULL);
}

void items_event(struct aw__model *model, enum aw__event_kind kind, uint64_t time_ns,
		 uint64_t subject, const uint64_t args[AW__EVENT_ARGS], size_t list_length,
		 const uint64_t *list, const char *text)
{
	struct aw__item item = { .kind = AW__ITEM_EVENT };

	item.event.kind = kind;
	item.event.time_ns = time_ns;
	item.event.subject = subject;
	if (args != NULL)
		memcpy(item.event.args, args, sizeof(item.event.args));
	item.event.list = list;
	item.event.list_length = (uint32_t)list_length;
	item.event.text = text;
	item.event.text_length = text != NULL ? (uint32_t)strlen(text) : 0;
	aw__model_ingest(model, &item);
}

void items_created(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t creator,
		   uint64_t coroutine, uint64_t stack, const char *name)
{
	uint64_t args[AW__EVENT_ARGS] = { creator, coroutine, stack };

	items_event(model, AW__TASK_CREATED, time_ns, id, args, 0, NULL, name);
}

void items_done(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t outcome,
		uint64_t error)
{
	uint64_t args[AW__EVENT_ARGS] = { outcome, error };

	items_event(model, AW__TASK_DONE, time_ns, id, args, 0, NULL, NULL);
}

void items_told(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t creator,
		uint64_t coroutine, uint64_t stack, uint64_t state, const char *name)
{
	uint64_t args[AW__EVENT_ARGS] = { creator, coroutine, stack, 0, state };
	uint64_t list[AW__STATE_NUMBERS] = { [AW__STATE_CHANGED_NS] = time_ns };

	items_event(model, AW__TASK_STATE, time_ns, id, args, AW__STATE_NUMBERS, list, name);
}

void items_error(struct aw__model *model, const struct items_error *error)
{
	uint64_t args[AW__EVENT_ARGS] = { error->type, error->task, error->site, error->stack,
					  error->flags };
	uint64_t list[AW__ERROR_CHILDREN + 8] = { error->cause, error->context };

	memcpy(list + AW__ERROR_CHILDREN, error->children, sizeof(error->children));
	items_event(model, AW__ERROR, error->time_ns, error->id, args,
		    AW__ERROR_CHILDREN + error->child_count, list, error->message);
}

void items_found(struct aw__model *model, uint64_t time_ns, uint64_t id, uint64_t kind,
		 uint64_t task, uint64_t error, uint64_t stack, uint64_t value, uint64_t coroutine)
{
	uint64_t args[AW__EVENT_ARGS] = { kind, task, error, stack, value };
	uint64_t list[AW__FINDING_NUMBERS] = { coroutine };

	items_event(model, AW__FINDING, time_ns, id, args, AW__FINDING_NUMBERS, list, NULL);
}
