/* SPDX-License-Identifier: MIT */
/* Keys and their actions, in one table for the viewer and its help. */
#ifndef AW__TUI_KEYS_H
#define AW__TUI_KEYS_H

#include <stdint.h>

/* A key is a character, or one of these numbers. */
enum aw__key {
	AW__KEY_NONE = 0,
	AW__KEY_TAB = 9,
	AW__KEY_ENTER = 13,
	AW__KEY_ESCAPE = 27,
	AW__KEY_BACKSPACE = 127,
	AW__KEY_UP = 0x110000,
	AW__KEY_DOWN,
	AW__KEY_LEFT,
	AW__KEY_RIGHT,
	AW__KEY_PAGE_UP,
	AW__KEY_PAGE_DOWN,
	AW__KEY_HOME,
	AW__KEY_END,
	AW__KEY_RESIZE,
	AW__KEY_MOUSE = 0x1000000, /* and above: mouse.h */
};

enum aw__action {
	AW__DO_NOTHING,
	AW__DO_DOWN,
	AW__DO_UP,
	AW__DO_PAGE_DOWN,
	AW__DO_PAGE_UP,
	AW__DO_FIRST,
	AW__DO_LAST,
	AW__DO_LEFT,
	AW__DO_RIGHT,
	AW__DO_OPEN,
	AW__DO_BACK,
	AW__DO_QUIT,
	AW__DO_NEXT_VIEW,
	AW__DO_RAISE,
	AW__DO_TASK,
	AW__DO_CREATION,
	AW__DO_AWAITER,
	AW__DO_OTHERS,
	AW__DO_ERROR,
	AW__DO_WHY,
	AW__DO_SORT,
	AW__DO_BACKWARDS,
	AW__DO_FINISHED,
	AW__DO_FOLD_ALL,
	AW__DO_MERGE,
	AW__DO_FOLLOW,
	AW__DO_BOOKMARK,
	AW__DO_BOOKMARKS,
	AW__DO_STEP,
	AW__DO_STEP_BACK,
	AW__DO_SCRUB,
	AW__DO_SCRUB_BACK,
	AW__DO_PRESENT,
	AW__DO_PANE,
	AW__DO_EDIT,
	AW__DO_COPY,
	AW__DO_COPY_ALL,
	AW__DO_FILTER,
	AW__DO_SEARCH,
	AW__DO_NEXT,
	AW__DO_PREVIOUS,
	AW__DO_PAUSE,
	AW__DO_HELP,
	AW__DO_VIEW, /* the first view; the other views follow, in order */
	AW__ACTIONS
};

#define AW__KEYS_EACH 2

struct aw__key_spec {
	enum aw__action action;
	uint32_t keys[AW__KEYS_EACH]; /* 0: no further key */
	const char *names;	      /* "j, Down" */
	const char *help;
};

extern const struct aw__key_spec aw__keys_table[]; /* ends with AW__DO_NOTHING */

enum aw__action aw__keys_find(uint32_t key);

#endif
