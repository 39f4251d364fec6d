/* SPDX-License-Identifier: MIT */
/*
 * Prints an error tree as CPython does.
 *
 * The format is that of Lib/traceback.py, TracebackException.format(), with an explicit stack of steps instead of
 * recursion, since a tree may be deeper than the C stack allows. CPython's cuts (15 members, 10 levels) are made only
 * on request. Two things differ: an error with parts that was already shown is named and marked instead of
 * repeated, so that shared parts do not multiply the output; and the margin stops growing at a depth of 100, since
 * deep nesting would otherwise need space in proportion to its square.
 */
#include <awry/error.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "agent/runtime/error/error_node.h"
#include "agent/runtime/error/error_set.h"
#include "base/alloc.h"
#include "base/options_copy.h"

enum {
	MARGIN_MAX = 100,
	FLUSH_AT = 64 * 1024,
};

enum what {
	SHOW,	/* an error, after the line that links it to the error above */
	AGAIN,	/* an error that was already shown: only its name and a remark */
	MEMBER, /* the next member of a group, or the end of its box */
};

struct plan {
	enum what what;
	bool outermost; /* MEMBER: this group opened the outermost box */
	const aw_error *err;
	const char *link; /* SHOW, AGAIN: NULL for none */
	size_t next;	  /* MEMBER */
};

struct printer {
	FILE *file;	  /* NULL: everything stays in `out` */
	size_t max_width; /* members of a group; SIZE_MAX: all */
	size_t max_depth; /* of groups; SIZE_MAX: all */
	struct aw__buffer out;
	struct aw__buffer plans; /* a stack of struct plan */
	struct aw__error_set shown;
	size_t depth; /* of boxes */
	bool open;    /* the closing line of the innermost box is still to be printed */
	bool failed;
};

static const char caused[] =
	"\nThe above exception was the direct cause of the following exception:\n\n";
static const char handled[] =
	"\nDuring handling of the above exception, another exception occurred:\n\n";

static void later(struct printer *printer, struct plan plan)
{
	aw__buffer_append(&printer->plans, &plan, sizeof(plan));
}

static void margin(struct printer *printer)
{
	static const char spaces[2 * MARGIN_MAX + 1] =
		"                                                                                "
		"                                                                                "
		"                                        ";
	size_t depth = printer->depth < MARGIN_MAX ? printer->depth : MARGIN_MAX;

	aw__buffer_append(&printer->out, spaces, 2 * depth);
}

/* Append text, which ends in a newline, with the margin and a `bar` before each line. */
static void text(struct printer *printer, const char *at, char bar)
{
	while (*at != '\0') {
		const char *end = strchrnul(at, '\n');

		margin(printer);
		if (printer->depth > 0) {
			aw__buffer_char(&printer->out, bar);
			aw__buffer_char(&printer->out, ' ');
		}
		aw__buffer_append(&printer->out, at, (size_t)(end - at));
		aw__buffer_char(&printer->out, '\n');
		at = *end == '\n' ? end + 1 : end;
	}
}

AW_PRINTF(3, 4) static void line(struct printer *printer, char bar, const char *format, ...)
{
	struct aw__buffer made = AW__BUFFER_EMPTY;
	va_list list;

	va_start(list, format);
	aw__buffer_vformat(&made, format, list);
	va_end(list);
	aw__buffer_char(&made, '\n');
	printer->failed |= made.failed;
	text(printer, aw__buffer_string(&made), bar);
	aw__buffer_finish(&made);
}

static void place(struct printer *printer, const aw_error_place *at)
{
	line(printer, '|', "  File \"%s\", line %d, in %s", at->file, at->line, at->function);
}

static void traceback(struct printer *printer, const aw_error *err, bool outermost)
{
	bool group = aw__error_node_is_group(err);

	if (err->site.file == NULL)
		return;
	line(printer, outermost ? '+' : '|',
	     "%sTraceback (most recent call last):", group ? "Exception Group " : "");
	if (err->passed_count > AW__ERROR_PASSED)
		line(printer, '|', "  [%" PRIu32 " outer calls are left out]",
		     err->passed_count - AW__ERROR_PASSED);
	for (uint32_t i = aw__error_passed_kept(err); i > 0; i--)
		place(printer, &err->passed[i - 1]);
	place(printer, &err->site);
}

static void name(struct printer *printer, const aw_error *err, const char *remark)
{
	size_t count = err->child_count;
	const char *colon = *err->message != '\0' ? ": " : "";

	if (count > 0)
		line(printer, '|', "%s: %s (%zu sub-exception%s)%s", err->type->name, err->message,
		     count, count > 1 ? "s" : "", remark);
	else
		line(printer, '|', "%s%s%s%s", err->type->name, colon, err->message, remark);
}

static void notes(struct printer *printer, const struct aw__error_detail *list)
{
	size_t count = list != NULL ? list->note_count : 0;
	const struct aw__error_detail **sorted;

	if (count == 0)
		return;
	sorted = aw__alloc(count * sizeof(*sorted));
	if (sorted == NULL) {
		printer->failed = true;
		return;
	}
	for (; list != NULL; list = list->older)
		if (list->kind == AW__ERROR_NOTE)
			sorted[list->note_count - 1] = list;
	for (size_t i = 0; i < count; i++)
		line(printer, '|', "%s", sorted[i]->bytes);
	aw__alloc_free(sorted);
}

static void show(struct printer *printer, const struct plan *plan)
{
	const aw_error *err = plan->err;
	bool group = aw__error_node_is_group(err);
	bool outermost = group && printer->depth == 0;

	if (plan->link != NULL)
		text(printer, plan->link, '|');
	if (plan->what == AGAIN) {
		name(printer, err, " [shown above]");
		return;
	}
	if (group && printer->depth > printer->max_depth) {
		line(printer, '|', "... (max_group_depth is %zu)", printer->max_depth);
		return;
	}
	printer->depth += outermost;
	traceback(printer, err, outermost);
	name(printer, err, "");
	notes(printer, err->details);
	if (group)
		later(printer, (struct plan){ MEMBER, outermost, err, NULL, 0 });
}

static const aw_error *shown_before(const aw_error *err, const char **ret_link)
{
	*ret_link = err->cause != NULL ? caused : handled;
	if (err->cause != NULL)
		return err->cause;
	return (err->flags & AW__ERROR_SUPPRESS) == 0 ? err->context : NULL;
}

/* Plan to show an error after its chain of causes and contexts, the oldest first. */
static void chain(struct printer *printer, const aw_error *err)
{
	while (err != NULL) {
		const char *link;
		const aw_error *earlier = shown_before(err, &link);
		struct plan plan = { SHOW, false, err, earlier != NULL ? link : NULL, 0 };

		if (earlier != NULL || aw__error_node_is_group(err)) {
			if (aw__error_set_find(&printer->shown, err) != AW__ERROR_SET_NONE) {
				later(printer, (struct plan){ AGAIN, false, err, NULL, 0 });
				return;
			}
			printer->failed |= !aw__error_set_add(&printer->shown, err);
		}
		later(printer, plan);
		err = earlier;
	}
}

static void close_box(struct printer *printer)
{
	if (printer->open) {
		margin(printer);
		aw__buffer_text(&printer->out, "+------------------------------------\n");
	}
	printer->open = false;
}

/* The number of boxes of a group: one per member that is shown, and one for all the others. */
static size_t boxes(const struct printer *printer, const aw_error *group)
{
	return group->child_count > printer->max_width ? printer->max_width + 1
						       : group->child_count;
}

static void title(struct printer *printer, const struct plan *plan)
{
	margin(printer);
	aw__buffer_format(&printer->out, "%s+---------------- ", plan->next == 0 ? "+-" : "  ");
	if (plan->next < printer->max_width)
		aw__buffer_format(&printer->out, "%zu ", plan->next + 1);
	else
		aw__buffer_text(&printer->out, "... ");
	if (printer->depth >= MARGIN_MAX)
		aw__buffer_format(&printer->out, "(level %zu) ", printer->depth);
	aw__buffer_text(&printer->out, "----------------\n");
}

static void member(struct printer *printer, struct plan plan)
{
	const size_t count = boxes(printer, plan.err);
	const size_t hidden = plan.err->child_count - plan.next;

	if (plan.next > 0) {
		if (plan.next == count)
			close_box(printer);
		printer->depth--;
	}
	if (plan.next == count) {
		if (plan.outermost)
			printer->depth = 0;
		return;
	}
	title(printer, &plan);
	printer->depth++;
	printer->open = plan.next + 1 == count;
	plan.next++;
	later(printer, plan);
	if (plan.next > printer->max_width)
		line(printer, '|', "and %zu more exception%s", hidden, hidden > 1 ? "s" : "");
	else
		chain(printer, plan.err->children[plan.next - 1]);
}

static void flush(struct printer *printer, size_t at_least)
{
	if (printer->file == NULL || printer->out.length < at_least)
		return;
	fwrite(printer->out.data, 1, printer->out.length, printer->file);
	aw__buffer_clear(&printer->out);
}

static bool print_all(struct printer *printer, const aw_error *err)
{
	chain(printer, err);
	while (printer->plans.length > 0) {
		struct plan plan;

		printer->failed |= printer->out.failed || printer->plans.failed;
		if (printer->failed)
			return false;
		printer->plans.length -= sizeof(plan);
		memcpy(&plan, printer->plans.data + printer->plans.length, sizeof(plan));
		if (plan.what == MEMBER)
			member(printer, plan);
		else
			show(printer, &plan);
		flush(printer, FLUSH_AT);
	}
	return !(printer->failed || printer->out.failed || printer->plans.failed);
}

static void finish(struct printer *printer)
{
	aw__buffer_finish(&printer->out);
	aw__buffer_finish(&printer->plans);
	aw__error_set_finish(&printer->shown);
}

static struct printer printer_of(FILE *file, const struct aw_error_print_options *options)
{
	struct aw_error_print_options use;

	AW__OPTIONS(aw_error_print_options, &use, options);
	return (struct printer){ .file = file,
				 .max_width =
					 use.max_group_width > 0 ? use.max_group_width : SIZE_MAX,
				 .max_depth =
					 use.max_group_depth > 0 ? use.max_group_depth : SIZE_MAX };
}

void aw_error_print_with(const aw_error *err, FILE *file,
			 const struct aw_error_print_options *options)
{
	struct printer printer = printer_of(file, options);
	bool fine;

	if (err == NULL)
		return;
	fine = print_all(&printer, err);
	flush(&printer, 1);
	finish(&printer);
	if (fine)
		return;
	fprintf(file, "%s: %s\n(out of memory: the rest of this error is not shown)\n",
		err->type->name, err->message);
}

char *aw_error_format_with(const aw_error *err, const struct aw_error_print_options *options)
{
	struct printer printer = printer_of(NULL, options);
	char *made = NULL;

	if (err != NULL && print_all(&printer, err)) {
		made = aw__alloc_give(printer.out.data);
		printer.out.data = NULL;
	}
	finish(&printer);
	return made;
}

void aw_error_print(const aw_error *err, FILE *file)
{
	aw_error_print_with(err, file, NULL);
}

char *aw_error_format(const aw_error *err)
{
	return aw_error_format_with(err, NULL);
}
