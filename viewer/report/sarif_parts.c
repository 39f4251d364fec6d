/* SPDX-License-Identifier: MIT */
/* Builds the parts of a SARIF result: messages, locations, stacks and code flows. */
#include "viewer/report/format_parts.h"
#include "viewer/report/sarif.h"

#include <string.h>

#include "base/text.h"
#include "viewer/report/json.h"

/* bounds on what is written: parts of a stack, steps of a code flow, related errors */
#define MAX_PARTS   19
#define MAX_STEPS   64
#define MAX_RELATED 100

json_t *aw__sarif_message(const char *text)
{
	struct aw__buffer escaped = AW__BUFFER_EMPTY;
	json_t *message = json_object();
	bool links = strstr(text, "](") != NULL;

	for (; *text != '\0'; text++) {
		/* "[text](target)" would be a link */
		if (links && (*text == '[' || *text == ']' || *text == '\\'))
			aw__buffer_char(&escaped, '\\');
		aw__buffer_char(&escaped, *text);
	}
	json_object_set_new(message, "text", aw__json_text(aw__buffer_string(&escaped)));
	aw__buffer_finish(&escaped);
	return message;
}

static void put_uri(struct aw__buffer *out, const char *path)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~/";

	for (; *path != '\0'; path++)
		if (strchr(plain, *path) != NULL)
			aw__buffer_char(out, *path);
		else
			aw__buffer_format(out, "%%%02X", (unsigned)(unsigned char)*path);
}

void aw__sarif_uri(struct aw__buffer *out, const char *folder)
{
	size_t length = strlen(folder);

	aw__buffer_text(out, "file://");
	put_uri(out, folder);
	if (length == 0 || folder[length - 1] != '/')
		aw__buffer_char(out, '/');
}

static json_t *artifact(const struct aw__sarif *sarif, const char *file)
{
	char space[PATH_MAX];
	const char *path = aw__format_path(sarif->options, file, space);
	struct aw__buffer uri = AW__BUFFER_EMPTY;
	json_t *object = json_object();

	if (path[0] == '/')
		aw__buffer_text(&uri, "file://");
	put_uri(&uri, path);
	json_object_set_new(object, "uri", json_string(aw__buffer_string(&uri)));
	if (path[0] != '/')
		json_object_set_new(object, "uriBaseId", json_string("SRCROOT"));
	aw__buffer_finish(&uri);
	return object;
}

json_t *aw__sarif_location(const struct aw__sarif *sarif, const struct aw__frame *frame,
			   const char *message)
{
	json_t *location = json_object(), *physical, *logical;

	/* The path of a system library's source, if relative, is of the machine that built it. */
	if (frame->file != NULL && frame->file[0] != '\0' &&
	    (frame->file[0] == '/' || !aw__model_is_foreign(frame))) {
		physical = json_pack("{so}", "artifactLocation", artifact(sarif, frame->file));
		if (frame->line > 0)
			json_object_set_new(
				physical, "region",
				json_pack("{sI}", "startLine", (json_int_t)frame->line));
		json_object_set_new(location, "physicalLocation", physical);
	}
	if (frame->function != NULL) {
		logical = json_pack("{so ss}", "fullyQualifiedName", aw__json_text(frame->function),
				    "kind", "function");
		json_object_set_new(location, "logicalLocations", json_pack("[o]", logical));
	}
	if (message != NULL)
		json_object_set_new(location, "message", aw__sarif_message(message));
	return location;
}

/* ---- stacks ---- */

static void add_frames(const struct aw__sarif *sarif, const struct aw__stack *stack, json_t *list)
{
	struct aw__frame frames[AW__FRAME_MAX_INLINED];

	for (uint32_t i = 0; i < stack->count; i++) {
		size_t count = aw__model_frames(sarif->model, stack->frames[i], frames,
						AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < count; j++) {
			json_t *frame = json_pack("{so}", "location",
						  aw__sarif_location(sarif, &frames[j], NULL));

			if (frames[j].module != NULL)
				json_object_set_new(frame, "module",
						    aw__json_text(frames[j].module));
			json_array_append_new(list, frame);
		}
	}
}

static const char *what_stack(const struct aw__found *found)
{
	switch (found->kind) {
	case AW__BLOCKED_LOOP:
		return "the loop's thread was here";
	case AW__NEVER_AWAITED:
		return aw__finding_where_dropped(found->kind, found->text != NULL)
			       ? "the coroutine was dropped here"
			       : "the coroutine was made here";
	case AW__UNCLOSED_HANDLE:
		return aw__finding_where_collected(found->kind, found->text) ? "it was dropped here"
									     : "it was opened here";
	default:
		return "the task was created here";
	}
}

#define BEFORE_RECORDING "the task was created before recording began"

static const struct aw__task_facts *facts_of(const struct aw__sarif *sarif, uint64_t id)
{
	const struct aw__task *task = aw__model_task(sarif->model, id);

	return task != NULL && task->recorded != NULL ? &task->recorded->facts : NULL;
}

/* "Task-2 was created here" of the task that the first stack is within, "created by Task-1, which …" of its ancestors. */
static void describe_creation(const struct aw__sarif *sarif, uint64_t task, bool own,
			      struct aw__buffer *out)
{
	char space[32];

	aw__buffer_text(out, own ? "" : "created by ");
	if (task != 0)
		aw__buffer_text(out, aw__task_name(facts_of(sarif, task), task, space));
	else
		aw__buffer_text(out, own ? "the task" : "a task");
	aw__buffer_text(out, own	 ? " was created here"
			     : task != 0 ? ", which was created here"
					 : " that was created here");
}

/* The stacks that a chain begins with: what the first one is, whose it is, and whether it is within that task. */
struct chain {
	const struct aw__sarif *sarif;
	const char *what;
	uint64_t task; /* 0: unknown */
	bool in_task;
};

/* Describe the chain's stack number `nth`; to be called for each in turn. */
static void describe_part(struct chain *chain, size_t nth, const struct aw__stack *part,
			  struct aw__buffer *out)
{
	const bool own = nth == 1 && chain->in_task;

	if (nth > 0 && !own) {
		const struct aw__task_facts *facts = facts_of(chain->sarif, chain->task);

		chain->task = facts != NULL ? facts->creator : 0;
	}
	if ((part->flags & AW__STACK_BEFORE_RECORDING) != 0)
		aw__buffer_text(out, BEFORE_RECORDING);
	else if (nth == 0)
		aw__buffer_text(out, chain->what);
	else
		describe_creation(chain->sarif, chain->task, own, out);
}

/* SARIF forbids equal stacks in a result. */
static void append_unlike(json_t *list, json_t *value_take)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (json_equal(json_array_get(list, i), value_take)) {
			json_decref(value_take);
			return;
		}
	json_array_append_new(list, value_take);
}

static void add_stack(struct chain *chain, uint64_t id, struct aw__map *seen, json_t *stacks)
{
	struct aw__stack_walk walk;
	struct aw__stack part;

	if (id == 0)
		return;
	aw__model_walk(chain->sarif->model, id, &walk);
	for (size_t i = 0; i < MAX_PARTS && aw__model_walk_next(&walk, &part); i++) {
		struct aw__buffer text = AW__BUFFER_EMPTY;
		json_t *frames;

		if (aw__map_get(seen, part.id) != NULL)
			return;
		aw__map_put(seen, part.id, stacks);
		frames = json_array();
		add_frames(chain->sarif, &part, frames);
		describe_part(chain, i, &part, &text);
		append_unlike(stacks, json_pack("{so so}", "message",
						aw__sarif_message(aw__buffer_string(&text)),
						"frames", frames));
		aw__buffer_finish(&text);
	}
}

json_t *aw__sarif_stacks(const struct aw__sarif *sarif, const struct aw__found *found)
{
	const struct aw__error *error = aw__model_error(sarif->model, found->error);
	struct chain owner = { .sarif = sarif, .what = what_stack(found) };
	json_t *stacks = json_array();
	struct aw__map seen = { 0 };

	if (error != NULL) {
		struct chain raised = { sarif, "the error was raised here", error->task, true };

		add_stack(&raised, error->stack, &seen, stacks);
	}
	owner.in_task = aw__stacks_owner(found, &owner.task);
	add_stack(&owner, found->stack, &seen, stacks);
	aw__map_finish(&seen);
	return stacks;
}

/* ---- the code flow ---- */

struct flow {
	const struct aw__sarif *sarif;
	json_t *steps;
};

static void step(struct flow *flow, const struct aw__frame *frame, const char *kind,
		 const char *importance, const char *format, const char *what)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	size_t count = json_array_size(flow->steps);

	if (count >= MAX_STEPS)
		return;
	aw__buffer_text(&text, format);
	if (what != NULL)
		aw__buffer_format(&text, " %s", what);
	json_array_append_new(
		flow->steps,
		json_pack("{so s[s] sI ss}", "location",
			  aw__sarif_location(flow->sarif, frame, aw__buffer_string(&text)), "kinds",
			  kind, "executionOrder", (json_int_t)count + 1, "importance", importance));
	aw__buffer_finish(&text);
}

/* Add the creation of the task: one frame of each stack of its ancestors, from main down. */
static void show_creation(struct flow *flow, const struct aw__found *found)
{
	struct chain chain = { .sarif = flow->sarif, .what = what_stack(found) };
	struct aw__buffer texts[MAX_PARTS] = { AW__BUFFER_EMPTY };
	struct aw__frame frames[MAX_PARTS];
	struct aw__stack_walk walk;
	struct aw__stack part;
	size_t count = 0;

	if (found->stack == 0)
		return;
	chain.in_task = aw__stacks_owner(found, &chain.task);
	aw__model_walk(flow->sarif->model, found->stack, &walk);
	for (size_t nth = 0; count < MAX_PARTS && aw__model_walk_next(&walk, &part); nth++) {
		aw__buffer_clear(&texts[count]);
		describe_part(&chain, nth, &part, &texts[count]);
		count += aw__model_program_frame(flow->sarif->model, part.id, &frames[count]);
	}
	for (size_t i = count; i-- > 0;)
		step(flow, &frames[i], "call", i > 0 ? "unimportant" : "important",
		     aw__buffer_string(&texts[i]), NULL);
	for (size_t i = 0; i < MAX_PARTS; i++)
		aw__buffer_finish(&texts[i]);
}

/* Add the callers of the raising function, outermost first. */
static void show_awaits(struct flow *flow, const struct aw__error *error)
{
	struct aw__frame frames[MAX_STEPS], some[AW__FRAME_MAX_INLINED];
	struct aw__stack stack;
	size_t count = 0;

	if (error->stack == 0 || !aw__model_stack(flow->sarif->model, error->stack, &stack))
		return;
	for (uint32_t i = 0; i < stack.count; i++) {
		size_t here = aw__model_frames(flow->sarif->model, stack.frames[i], some,
					       AW__FRAME_MAX_INLINED);

		for (size_t j = 0; j < here && count < MAX_STEPS; j++)
			if (!some[j].own && some[j].file != NULL)
				frames[count++] = some[j];
	}
	for (size_t i = count; i-- > 1;)
		step(flow, &frames[i], "call", "essential", "it was awaited here", NULL);
}

static void show_raise(struct flow *flow, const struct aw__error *error)
{
	struct aw__buffer text = AW__BUFFER_EMPTY;
	struct aw__frame site;

	show_awaits(flow, error);
	aw__headline_error(flow->sarif->model, error, &text);
	if ((error->site != 0 && aw__model_place(flow->sarif->model, error->site, &site)) ||
	    aw__model_program_frame(flow->sarif->model, error->stack, &site))
		step(flow, &site, "danger", "essential", "raised here:", aw__buffer_string(&text));
	aw__buffer_finish(&text);
}

json_t *aw__sarif_flow(const struct aw__sarif *sarif, const struct aw__found *found)
{
	const struct aw__error *error = aw__model_error(sarif->model, found->error);
	struct flow flow = { sarif, json_array() };
	struct aw__frame frame;

	show_creation(&flow, found);
	if (error != NULL && error->told)
		show_raise(&flow, error);
	if (found->coroutine != 0 && aw__model_place(sarif->model, found->coroutine, &frame) &&
	    found->kind != AW__BLOCKED_LOOP)
		step(&flow, &frame, "function", "essential",
		     "lost, with this coroutine:", aw__finding_title(found->kind, found->task));
	if (json_array_size(flow.steps) > 0)
		return json_pack("{s[{so}]}", "threadFlows", "locations", flow.steps);
	json_decref(flow.steps);
	return NULL;
}

/* ---- the other errors of the tree ---- */

static void relate(const struct aw__sarif *sarif, uint64_t id, json_t *list)
{
	const struct aw__error *error = aw__model_error(sarif->model, id);
	struct aw__buffer text = AW__BUFFER_EMPTY;
	struct aw__frame site;
	json_t *location;

	if (error == NULL || !error->told ||
	    !(aw__model_place(sarif->model, error->site, &site) ||
	      aw__model_program_frame(sarif->model, error->stack, &site)))
		return;
	aw__headline_error(sarif->model, error, &text);
	location = aw__sarif_location(sarif, &site, aw__buffer_string(&text));
	json_object_set_new(location, "id", json_integer((json_int_t)json_array_size(list) + 1));
	json_array_append_new(list, location);
	aw__buffer_finish(&text);
}

json_t *aw__sarif_related(const struct aw__sarif *sarif, const struct aw__found *found)
{
	struct aw__map seen = { 0 };
	json_t *list = json_array();
	uint64_t ids[MAX_RELATED];
	size_t count = 0;

	if (found->error != 0)
		aw__error_tree_mark(sarif->model, &seen, found->error);
	for (size_t i = 0; i < seen.capacity && count < MAX_RELATED; i++)
		if (seen.slots[i].value != NULL && seen.slots[i].key != found->error)
			ids[count++] = seen.slots[i].key;
	aw__sorted_ids(ids, count);
	for (size_t i = 0; i < count; i++)
		relate(sarif, ids[i], list);
	aw__map_finish(&seen);
	return list;
}
