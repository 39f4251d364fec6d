/* SPDX-License-Identifier: MIT */
/*
 * The part that all exporters share: it passes items to the exporter one by one, keeps the definitions in a model, and
 * stops at the bound on the output (ROOM_BYTES and ROOM_AN_EVENT).
 */
#include "viewer/export/export_internal.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"

#define ROOM_BYTES    (64u << 20)
#define ROOM_AN_EVENT 1024u

void aw__export_set_name(struct aw__export *export, const char *name)
{
	export->name = name;
}

struct aw__export *aw__export_open(const struct aw__exporter *exporter, FILE *file)
{
	struct aw__export *export = aw__alloc_must_zeroed(1, sizeof(*export));

	export->exporter = exporter;
	export->file = file;
	export->names = aw__model_create();
	exporter->begin(export);
	return export;
}

void aw__export_set_resolver(struct aw__export *export, aw__frame_resolver *resolve, void *arg)
{
	aw__model_set_resolver(export->names, resolve, arg);
}

void aw__export_set_sender(struct aw__export *export, aw__export_send *send, void *arg, bool json)
{
	export->send = send;
	export->send_arg = arg;
	export->send_json = json;
}

void aw__export_add_label(struct aw__export *export, const char *key, const char *value)
{
	if (export->label_count == AW__EXPORT_MOST_LABELS)
		return;
	export->labels[export->label_count++] = (struct aw__export_label){
		.key = aw__alloc_must_copy(key, strlen(key)),
		.value = aw__alloc_must_copy(value, strlen(value)),
	};
}

/* Whether later events refer to this item. Such items, few even in long recordings, are always kept in the model. */
static bool is_referred_to(const struct aw__item *item)
{
	if (item->kind != AW__ITEM_EVENT)
		return true;
	switch (item->event.kind) {
	case AW__THREAD_STARTED:
	case AW__LOOP_OPENED:
	case AW__LOOP_CLOSED:
	case AW__LOOP_STATE:
	case AW__LOOP_LAGS:
		return true;
	default:
		return false;
	}
}

bool aw__export_is_full(const struct aw__export *export)
{
	return export->written + export->out.length > ROOM_BYTES + export->allowed;
}

bool aw__export_leaves_out(struct aw__export *export)
{
	const bool full = aw__export_is_full(export);

	export->left_out += full;
	return full;
}

static bool take(struct aw__export *export, const struct aw__item *item);

/* Loss events have no time: they get the time of the event before them, or of the first event. */
static bool date_losses(struct aw__export *export, const struct aw__item *item)
{
	struct aw__item dated = *item;

	if (item->event.kind == AW__EVENTS_LOST && item->event.time_ns == 0) {
		dated.event.time_ns = export->last_ns;
		if (export->last_ns != 0)
			return take(export, &dated);
		if (export->early_count < AW__EXPORT_EARLY)
			export->early[export->early_count++] = dated.event;
		return true;
	}
	if (item->event.time_ns > export->last_ns)
		export->last_ns = item->event.time_ns;
	for (size_t i = 0; i < export->early_count && export->last_ns != 0; i++) {
		dated.event = export->early[i];
		dated.event.time_ns = export->last_ns;
		take(export, &dated);
	}
	export->early_count = export->last_ns != 0 ? 0 : export->early_count;
	return take(export, item);
}

bool aw__export_item(struct aw__export *export, const struct aw__item *item)
{
	return item->kind == AW__ITEM_EVENT ? date_losses(export, item) : take(export, item);
}

static bool take(struct aw__export *export, const struct aw__item *item)
{
	const bool is_event = item->kind == AW__ITEM_EVENT;

	if (export->exporter->everything || is_referred_to(item))
		aw__model_ingest(export->names, item);
	export->allowed += is_event ? ROOM_AN_EVENT : 0;
	if (!is_event || !aw__export_leaves_out(export))
		export->exporter->item(export, item);
	return export->error == 0;
}

uint64_t aw__export_left_out(const struct aw__export *export)
{
	return export->left_out;
}

void aw__export_end(struct aw__export *export)
{
	if (export->ended)
		return;
	export->ended = true;
	export->exporter->end(export);
	aw__write_flush(export);
}

bool aw__export_close(struct aw__export *export, struct aw__problem *problem)
{
	bool was_sent = export->send != NULL;
	const char *name;
	int error;

	name = export->name != NULL ? export->name : "standard output";
	*problem = (struct aw__problem){ "" };
	aw__export_end(export);
	if (export->file != NULL && fflush(export->file) != 0 && export->error == 0)
		export->error = errno;
	error = export->error;
	if (export->problem.text[0] != '\0')
		*problem = export->problem;
	for (size_t i = 0; i < export->label_count; i++) {
		aw__alloc_free(export->labels[i].key);
		aw__alloc_free(export->labels[i].value);
	}
	aw__model_destroy(export->names);
	aw__buffer_finish(&export->out);
	aw__buffer_finish(&export->scratch);
	aw__alloc_free(export);
	if (error == 0)
		return true;
	if (!was_sent || problem->text[0] == '\0')
		aw__problem_set(problem, "%s: cannot be written: %s", name, strerror(error));
	errno = error;
	return false;
}
