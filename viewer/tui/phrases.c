/* SPDX-License-Identifier: MIT */
/*
 * Texts shared by views and pages: tasks, frames, errors, waits, times and links. Text from the debugged program is
 * escaped here.
 */
#include "viewer/tui/phrases.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

#include <awry/agent.h>

#include "base/text.h"

void aw__phrases_foreign(const struct aw__app *app, struct aw__buffer *out, const char *text)
{
	if (text != NULL)
		aw__text_escape(out, text, strlen(text), app->ascii);
}

void aw__phrases_task(const struct aw__app *app, struct aw__buffer *out, uint64_t id)
{
	const struct aw__task *task = aw__model_task(app->model, id);
	const struct aw__task_facts *facts = task != NULL ? &task->facts : NULL;
	char space[32];

	if (facts != NULL && facts->name == NULL && task->recorded != NULL)
		facts = &task->recorded->facts;
	aw__phrases_foreign(app, out, aw__task_name(facts, id, space));
}

void aw__phrases_frame(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__frame *frame)
{
	if (frame->function != NULL)
		aw__phrases_foreign(app, out, frame->function);
	else
		aw__buffer_format(out, "0x%" PRIx64, frame->address);
	if (frame->file != NULL) {
		aw__buffer_text(out, " at ");
		aw__phrases_foreign(app, out, frame->file);
		if (frame->line > 0)
			aw__buffer_format(out, ":%" PRIu32, frame->line);
	} else if (frame->module != NULL) {
		aw__buffer_text(out, " in ");
		aw__phrases_foreign(app, out, frame->module);
		aw__buffer_format(out, "+0x%" PRIx64, frame->offset);
	}
}

void aw__phrases_short_frame(const struct aw__app *app, struct aw__buffer *out,
			     const struct aw__frame *frame)
{
	struct aw__frame brief = *frame;
	const char *slash = frame->file != NULL ? strrchr(frame->file, '/') : NULL;

	if (slash != NULL)
		brief.file = slash + 1;
	aw__phrases_frame(app, out, &brief);
}

bool aw__phrases_place(const struct aw__app *app, struct aw__buffer *out, uint64_t place,
		       bool brief)
{
	struct aw__frame frame;

	if (!aw__model_place(app->model, place, &frame))
		return false;
	(brief ? aw__phrases_short_frame : aw__phrases_frame)(app, out, &frame);
	return true;
}

void aw__phrases_error(const struct aw__app *app, struct aw__buffer *out,
		       const struct aw__error *error)
{
	const char *type = aw__model_type_name(app->model, error->type);

	aw__phrases_foreign(app, out, type != NULL ? type : "error of an unknown type");
	if (error->message != NULL) {
		aw__buffer_text(out, ": ");
		aw__phrases_foreign(app, out, error->message);
	}
}

void aw__phrases_clock(const struct aw__app *app, struct aw__buffer *out, uint64_t time_ns)
{
	uint64_t real_ns = aw__model_realtime_ns(app->model, time_ns);
	time_t seconds = (time_t)(real_ns / 1000000000u);
	struct tm tm;

	if (real_ns != 0 && localtime_r(&seconds, &tm) != NULL)
		aw__buffer_format(out, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

bool aw__phrases_ago(const struct aw__app *app, struct aw__buffer *out, uint64_t time_ns)
{
	if (time_ns == 0 || time_ns > app->now_ns)
		return false;
	aw__text_duration(out, app->now_ns - time_ns);
	aw__buffer_text(out, " ago");
	return true;
}

void aw__phrases_wait(const struct aw__app *app, struct aw__buffer *out, uint8_t kind,
		      uint64_t target)
{
	aw__buffer_text(out, aw__wait_name(kind));
	if (target == 0)
		return;
	if (kind == AW_WAIT_JOB && aw__model_task(app->model, target) == NULL) {
		aw__buffer_text(out, " that has not begun");
	} else if (kind == AW_WAIT_TASK || kind == AW_WAIT_JOB) {
		aw__buffer_char(out, ' ');
		aw__phrases_task(app, out, target);
	} else {
		aw__buffer_format(out, " #%" PRIu64, target);
	}
}

void aw__phrases_count(struct aw__buffer *out, uint64_t count, const char *thing)
{
	aw__text_number(out, count);
	aw__buffer_format(out, " %s%s", thing, count == 1 ? "" : "s");
}

const char *aw__phrases_dots(const struct aw__app *app)
{
	return app->ascii ? "..." : "…";
}

const char *aw__phrases_times(const struct aw__app *app)
{
	return app->ascii ? "x" : "×";
}

void aw__phrases_field(struct aw__buffer *out, const char *name)
{
	aw__buffer_format(out, "  " AW__DIM "%-12s" AW__PLAIN, name);
}

void aw__phrases_link(const struct aw__app *app, struct aw__buffer *out, char kind, uint64_t id)
{
	if (id != 0)
		aw__buffer_format(out, "\x1b]%c%u;%" PRIu64 "\a", kind, app->process, id);
}

void aw__phrases_paragraph(const struct aw__app *app, struct aw__buffer *out, const char *text)
{
	size_t width = app->width < 100 ? (size_t)app->width - 4 : 96, column = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		if (column > 0 && column + 1 + length > width) {
			aw__buffer_char(out, '\n');
			column = 0;
		}
		aw__buffer_text(out, column == 0 ? "  " : " ");
		aw__buffer_append(out, text, length);
		column += 1 + length;
		text += length + (text[length] == ' ');
	}
	aw__buffer_char(out, '\n');
}
