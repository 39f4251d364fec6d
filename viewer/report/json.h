/* SPDX-License-Identifier: MIT */
/* Builders shared by the JSON reports. */
#ifndef AW__REPORT_JSON_H
#define AW__REPORT_JSON_H

#include <jansson.h>

#include "viewer/report/report_internal.h"

/** A string; bytes that are not UTF-8 become U+FFFD. null for NULL. */
json_t *aw__json_text(const char *text);
/** A number, which may exceed what readers of JSON take for an integer. */
json_t *aw__json_number(uint64_t number);
json_t *aw__json_place(const struct aw__model *model, uint64_t place);
json_t *aw__json_circles(const struct aw__model *model);
json_t *aw__json_frame(const struct aw__frame *frame);
/** A task's id, name and origin. `strict`: only facts that the recorder never overwrites. null for id 0. */
json_t *aw__json_task(const struct aw__model *model, uint64_t id, bool strict);

/* The bound of a list (AW__REPORT_MOST_BYTES): its size so far, as compact JSON, and the number of elements left out. */
struct aw__json_limit {
	size_t bytes;
	uint64_t left_out;
};

/* The bounds of one document, or of several that are written together. */
struct aw__json_limits {
	struct aw__json_limit findings, errors, stacks, tasks;
};

/** Whether a list has room. If not, one more element is counted as left out. */
bool aw__json_has_room(struct aw__json_limit *limit);
/** Add an element to a list. False if there is no room: it is counted as left out. */
bool aw__json_add(struct aw__json_limit *limit, json_t *list, json_t *value_take);
/** Add to a document how many elements were left out; nothing if none were. */
void aw__json_left_out(json_t *document, const struct aw__json_limits *limits);

/* A document under construction. */
struct aw__json {
	const struct aw__model *model;
	bool strict;			/* only facts that the recorder never overwrites */
	struct aw__map stacks;		/* ids of the stacks that it refers to */
	struct aw__source_files *files; /* source lines for the program's own frames; NULL: none */
	struct aw__json_limits *limits;
};

/** A frame, with its line of source if the document has them. */
json_t *aw__json_frame_and_source(const struct aw__json *json, const struct aw__frame *frame);
void aw__json_finish(struct aw__json *json);
/** The id of a stack, which aw__json_stacks() will write; null for 0. */
json_t *aw__json_stack(struct aw__json *json, uint64_t stack);
/** Every stack that was referred to, and every ancestor of it, once. */
json_t *aw__json_stacks(struct aw__json *json);
json_t *aw__json_error(struct aw__json *json, const struct aw__error *error);
/** The tasks of a deadlock. */
json_t *aw__json_members(struct aw__json *json, const struct aw__found *found);
/** The document of findings. `options` may have verdicts, and files. */
json_t *aw__json_findings(const struct aw__model *model, const struct aw__report_options *options,
			  struct aw__json_limits *limits);
/** An object with the schema's name, its version and the process. */
json_t *aw__json_document(const struct aw__model *model, const char *schema);
/** An entry of an allow-list, and how many findings it allows. */
json_t *aw__json_allowance(const struct aw__allowance *entry, const struct aw__allow_list *list,
			   uint64_t count);
json_t *aw__json_losses(const struct aw__model *model);
/** Append the document, and free it. */
void aw__json_write(json_t *document_take, struct aw__buffer *out);
/** The same on one line, escaped so that it may stand in an HTML script element. */
void aw__json_write_safe(json_t *document_take, struct aw__buffer *out);

#endif
