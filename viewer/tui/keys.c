/* SPDX-License-Identifier: MIT */
#include "viewer/tui/keys.h"

/* clang-format off */
const struct aw__key_spec aw__keys_table[] = {
	{ AW__DO_DOWN,      { 'j', AW__KEY_DOWN },      "j, Down",      "down a line" },
	{ AW__DO_UP,        { 'k', AW__KEY_UP },        "k, Up",        "up a line" },
	{ AW__DO_PAGE_DOWN, { ' ', AW__KEY_PAGE_DOWN }, "Space, PgDn",  "down a page" },
	{ AW__DO_PAGE_UP,   { 'b', AW__KEY_PAGE_UP },   "b, PgUp",      "up a page" },
	{ AW__DO_FIRST,     { 'g', AW__KEY_HOME },      "g, Home",      "to the beginning" },
	{ AW__DO_LAST,      { 'G', AW__KEY_END },       "G, End",       "to the end" },
	{ AW__DO_LEFT,      { 'h', AW__KEY_LEFT },      "h, Left",      "scroll a text to the left" },
	{ AW__DO_RIGHT,     { 'l', AW__KEY_RIGHT },     "l, Right",     "scroll a text to the right" },
	{ AW__DO_OPEN,      { AW__KEY_ENTER },          "Enter",        "open what is chosen" },
	{ AW__DO_BACK,      { 'q', AW__KEY_ESCAPE },    "q, Esc",       "back; from a list: quit" },
	{ AW__DO_NEXT_VIEW, { AW__KEY_TAB },            "Tab",          "the other list" },
	{ AW__DO_FINDINGS,  { '1' },                    "1",            "the findings" },
	{ AW__DO_TASKS,     { '2' },                    "2",            "the tasks" },
	{ AW__DO_SORT,      { 's' },                    "s",            "sort by the next column" },
	{ AW__DO_FINISHED,  { 'f' },                    "f",            "show finished tasks, too, or not" },
	{ AW__DO_TASK,      { 't' },                    "t",            "open the task of the finding" },
	{ AW__DO_SEARCH,    { '/' },                    "/",            "search; upper case letters mean themselves" },
	{ AW__DO_NEXT,      { 'n' },                    "n",            "the next match" },
	{ AW__DO_PREVIOUS,  { 'N' },                    "N",            "the previous match" },
	{ AW__DO_PAUSE,     { 'p' },                    "p",            "pause: keep what is shown, while recording goes on" },
	{ AW__DO_HELP,      { '?' },                    "?",            "this help" },
	{ 0 },
};
/* clang-format on */

enum aw__action aw__keys_find(uint32_t key)
{
	if (key == '\n')
		key = AW__KEY_ENTER;
	for (const struct aw__key_spec *spec = aw__keys_table; spec->action != AW__DO_NOTHING;
	     spec++)
		for (unsigned i = 0; i < AW__KEYS_EACH; i++)
			if (spec->keys[i] != 0 && spec->keys[i] == key)
				return spec->action;
	return AW__DO_NOTHING;
}
