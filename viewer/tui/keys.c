/* SPDX-License-Identifier: MIT */
/* The table of the viewer's keys, used by the viewer, its help page and the manual. */
#include "viewer/tui/keys.h"

/* clang-format off */
const struct aw__key_spec aw__keys_table[] = {
	{ AW__DO_VIEW + 0,  { '1' },                    "1",            "the findings" },
	{ AW__DO_VIEW + 1,  { '2' },                    "2",            "the tasks" },
	{ AW__DO_VIEW + 2,  { '3' },                    "3",            "the tree of tasks: which task created which" },
	{ AW__DO_VIEW + 3,  { '4' },                    "4",            "the wait graph: which task waits for which; deadlocks" },
	{ AW__DO_VIEW + 4,  { '5' },                    "5",            "the exceptions, as trees" },
	{ AW__DO_VIEW + 5,  { '6' },                    "6",            "the loops: what blocked them, and for how long" },
	{ AW__DO_VIEW + 6,  { '7' },                    "7",            "the timeline; there the arrows step and scrub" },
	{ AW__DO_VIEW + 7,  { '8' },                    "8",            "resources: locks, queues, streams, handles" },
	{ AW__DO_VIEW + 8,  { '9' },                    "9",            "statistics and losses" },
	{ AW__DO_VIEW + 9,  { '0' },                    "0",            "the debuggable processes; Enter attaches to one" },
	{ AW__DO_NEXT_VIEW, { AW__KEY_TAB },            "Tab",          "the next of these views" },
	{ AW__DO_OPEN,      { AW__KEY_ENTER },          "Enter",        "open what is chosen; in a text: what its line leads to" },
	{ AW__DO_BACK,      { AW__KEY_ESCAPE },         "Esc",          "back: close the page, the prompt or the filter; never quits" },
	{ AW__DO_QUIT,      { 'q' },                    "q",            "close the page; from a view: quit" },
	{ AW__DO_RAISE,     { 'r' },                    "r",            "where the error was raised" },
	{ AW__DO_TASK,      { 't' },                    "t",            "its task" },
	{ AW__DO_CREATION,  { 'c' },                    "c",            "the tasks that created it, up to main" },
	{ AW__DO_AWAITER,   { 'a' },                    "a",            "the task that should have awaited it" },
	{ AW__DO_OTHERS,    { 'x' },                    "x",            "its other occurrences" },
	{ AW__DO_ERROR,     { 'e' },                    "e",            "the whole exception: group, cause, context, notes" },
	{ AW__DO_WHY,       { 'w' },                    "w",            "why this is a finding, and what to do" },
	{ AW__DO_DOWN,      { 'j', AW__KEY_DOWN },      "j, Down",      "down a line" },
	{ AW__DO_UP,        { 'k', AW__KEY_UP },        "k, Up",        "up a line" },
	{ AW__DO_PAGE_DOWN, { ' ', AW__KEY_PAGE_DOWN }, "Space, PgDn",  "down a page" },
	{ AW__DO_PAGE_UP,   { 'b', AW__KEY_PAGE_UP },   "b, PgUp",      "up a page" },
	{ AW__DO_FIRST,     { 'g', AW__KEY_HOME },      "g, Home",      "to the beginning" },
	{ AW__DO_LAST,      { 'G', AW__KEY_END },       "G, End",       "to the end" },
	{ AW__DO_LEFT,      { 'h', AW__KEY_LEFT },      "h, Left",      "fold a branch; scroll a text to the left" },
	{ AW__DO_RIGHT,     { 'l', AW__KEY_RIGHT },     "l, Right",     "unfold a branch; scroll a text to the right" },
	{ AW__DO_FOLD_ALL,  { 'z' },                    "z",            "fold all branches, or unfold them" },
	{ AW__DO_SORT,      { 's' },                    "s",            "sort by the next column" },
	{ AW__DO_BACKWARDS, { 'S' },                    "S",            "sort the other way round" },
	{ AW__DO_FINISHED,  { 'f' },                    "f",            "show finished tasks, too, or not" },
	{ AW__DO_MERGE,     { '=' },                    "=",            "show tasks of the same stack and state as one, with their number" },
	{ AW__DO_FOLLOW,    { 'F' },                    "F",            "follow: stay at the last row" },
	{ AW__DO_FILTER,    { '&' },                    "&",            "filter by tasks: state:waiting age>5s name~/db/ has:error; Esc: none" },
	{ AW__DO_SEARCH,    { '/' },                    "/",            "search; a pattern with upper case letters is case-sensitive" },
	{ AW__DO_NEXT,      { 'n' },                    "n",            "the next match" },
	{ AW__DO_PREVIOUS,  { 'N' },                    "N",            "the previous match" },
	{ AW__DO_PAUSE,     { 'p' },                    "p",            "pause: keep what is shown, while recording goes on" },
	{ AW__DO_STEP,      { ']' },                    "]",            "step: show everything as of the next event" },
	{ AW__DO_STEP_BACK, { '[' },                    "[",            "step back" },
	{ AW__DO_SCRUB,     { '}' },                    "}",            "scrub forward by 2 % of the recording" },
	{ AW__DO_SCRUB_BACK,{ '{' },                    "{",            "scrub back by 2 %" },
	{ AW__DO_PRESENT,   { '.' },                    ".",            "back to the present" },
	{ AW__DO_BOOKMARK,  { 'm' },                    "m",            "set a bookmark" },
	{ AW__DO_BOOKMARKS, { '\'' },                   "'",            "the bookmarks" },
	{ AW__DO_PANE,      { 'O' },                    "O",            "awry run --tui: more of the command's output, or none" },
	{ AW__DO_EDIT,      { 'o' },                    "o",            "open the place in the source in $VISUAL or $EDITOR" },
	{ AW__DO_COPY,      { 'y' },                    "y",            "copy what is chosen (by OSC 52, through ssh, too)" },
	{ AW__DO_COPY_ALL,  { 'Y' },                    "Y",            "copy all that is shown here" },
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
