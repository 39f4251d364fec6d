/* SPDX-License-Identifier: MIT */
#include "viewer/tui/app.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Lines that are not the list's or the sheet's. */
#define ABOVE 2
#define BELOW 1

void aw__app_init(struct aw__app *app, const struct aw__tui_source *source, bool ascii)
{
	memset(app, 0, sizeof(*app));
	app->source = source;
	app->ascii = ascii;
	app->width = 80;
	app->height = 24;
	app->show_finished = source->recorded;
	app->lists[AW__VIEW_FINDINGS].view = &aw__view_findings;
	app->lists[AW__VIEW_TASKS].view = &aw__view_tasks;
}

void aw__app_finish(struct aw__app *app)
{
	for (unsigned i = 0; i < AW__VIEWS; i++)
		aw__buffer_finish(&app->lists[i].rows);
	aw__styled_finish(&app->sheet.text);
	aw__buffer_finish(&app->pattern);
}

void aw__app_refresh(struct aw__app *app, uint64_t now_ns)
{
	if (app->paused && !app->stale)
		return;
	app->stale = false;
	if (!app->paused) {
		app->now_ns = now_ns;
		app->counts = *aw__model_counts(app->source->model);
	}
	aw__list_refresh(app, &app->lists[app->current]);
	if (app->sheet.open && app->sheet.view != NULL)
		aw__sheet_refresh(app);
}

void aw__app_end(struct aw__app *app, const char *message)
{
	app->ended = true;
	if (message != NULL) {
		struct aw__buffer text = AW__BUFFER_EMPTY;

		aw__app_foreign(app, &text, message);
		snprintf(app->message, sizeof(app->message), "%s", aw__buffer_string(&text));
		aw__buffer_finish(&text);
	}
}

static int body_height(const struct aw__app *app)
{
	int height = app->height - ABOVE - BELOW - (app->sheet.open ? 0 : 1);

	return height > 1 ? height : 1;
}

static void show_list(struct aw__app *app, unsigned view)
{
	app->sheet.open = false;
	app->current = view;
	aw__list_refresh(app, &app->lists[view]);
}

static void back(struct aw__app *app)
{
	if (app->sheet.open)
		app->sheet.open = false;
	else
		app->quit = true;
}

static void open_chosen(struct aw__app *app)
{
	struct aw__list *list = &app->lists[app->current];
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);

	if (!app->sheet.open && list->chosen < count)
		aw__sheet_open(app, list->view, rows[list->chosen].key);
}

static void open_task(struct aw__app *app)
{
	struct aw__list *list = &app->lists[AW__VIEW_FINDINGS];
	const struct aw__found_group *group;
	size_t count;
	const struct aw__row *rows = aw__list_rows(list, &count);
	uint64_t task;

	if (app->current != AW__VIEW_FINDINGS || list->chosen >= count)
		return;
	group = aw__model_found_group_at(app->source->model, (size_t)rows[list->chosen].key - 1);
	if (group == NULL || group->first == NULL)
		return;
	task = group->first->task != 0 ? group->first->task : group->first->creator;
	if (task != 0)
		aw__sheet_open(app, &aw__view_tasks, task);
	else
		strcpy(app->message, "this finding is of no task");
}

static void sort_next(struct aw__app *app)
{
	struct aw__list *list = &app->lists[app->current];

	if (app->sheet.open)
		return;
	list->sort++;
	if (list->view->sorts[list->sort] == NULL)
		list->sort = 0;
	aw__list_refresh(app, list);
	list->chosen = list->top = 0;
}

static void begin_search(struct aw__app *app)
{
	app->typing = true;
	app->search_from = aw__search_start(app);
	aw__buffer_clear(&app->pattern);
}

static void search_again(struct aw__app *app, int step)
{
	aw__search_move(app, aw__search_start(app), step, false);
}

static void act(struct aw__app *app, enum aw__action action)
{
	switch (action) {
	case AW__DO_OPEN:
		open_chosen(app);
		break;
	case AW__DO_BACK:
		back(app);
		break;
	case AW__DO_NEXT_VIEW:
		show_list(app, (app->current + 1) % AW__VIEWS);
		break;
	case AW__DO_FINDINGS:
	case AW__DO_TASKS:
		show_list(app, action == AW__DO_TASKS ? AW__VIEW_TASKS : AW__VIEW_FINDINGS);
		break;
	case AW__DO_SORT:
		sort_next(app);
		break;
	case AW__DO_FINISHED:
		app->show_finished = !app->show_finished;
		aw__list_refresh(app, &app->lists[app->current]);
		break;
	case AW__DO_TASK:
		open_task(app);
		break;
	case AW__DO_SEARCH:
		begin_search(app);
		break;
	case AW__DO_NEXT:
	case AW__DO_PREVIOUS:
		search_again(app, action == AW__DO_NEXT ? 1 : -1);
		break;
	case AW__DO_PAUSE:
		app->paused = !app->paused;
		break;
	case AW__DO_HELP:
		aw__sheet_open(app, NULL, 0);
		break;
	default:
		if (app->sheet.open)
			aw__sheet_move(&app->sheet, action, body_height(app));
		else
			aw__list_move(&app->lists[app->current], action, body_height(app));
		break;
	}
}

bool aw__app_key(struct aw__app *app, uint32_t key)
{
	enum aw__action action = aw__keys_find(key);

	if (key == AW__KEY_RESIZE)
		return true;
	if (key == AW__KEY_NONE)
		return false;
	if (app->typing) {
		aw__search_type(app, key);
		return true;
	}
	app->message[0] = '\0';
	if (action != AW__DO_NOTHING)
		act(app, action);
	else
		strcpy(app->message, "? shows the keys");
	return true;
}

void aw__app_foreign(const struct aw__app *app, struct aw__buffer *out, const char *text)
{
	if (text != NULL)
		aw__text_escape(out, text, strlen(text), app->ascii);
}

void aw__app_task(const struct aw__app *app, struct aw__buffer *out, uint64_t id)
{
	const struct aw__task *task = aw__model_task(app->source->model, id);
	const struct aw__task_facts *facts = task != NULL ? &task->facts : NULL;
	char space[32];

	if (facts != NULL && facts->name == NULL && task->told != NULL)
		facts = &task->told->facts;
	aw__app_foreign(app, out, aw__task_name(facts, id, space));
}

void aw__app_frame(const struct aw__app *app, struct aw__buffer *out, const struct aw__frame *frame)
{
	if (frame->function != NULL)
		aw__app_foreign(app, out, frame->function);
	else
		aw__buffer_format(out, "0x%" PRIx64, frame->address);
	if (frame->file != NULL) {
		aw__buffer_text(out, " at ");
		aw__app_foreign(app, out, frame->file);
		if (frame->line > 0)
			aw__buffer_format(out, ":%" PRIu32, frame->line);
	} else if (frame->module != NULL) {
		aw__buffer_text(out, " in ");
		aw__app_foreign(app, out, frame->module);
		aw__buffer_format(out, "+0x%" PRIx64, frame->offset);
	}
}

void aw__app_short_frame(const struct aw__app *app, struct aw__buffer *out,
			 const struct aw__frame *frame)
{
	struct aw__frame brief = *frame;
	const char *slash = frame->file != NULL ? strrchr(frame->file, '/') : NULL;

	if (slash != NULL)
		brief.file = slash + 1;
	aw__app_frame(app, out, &brief);
}
