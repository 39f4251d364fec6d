/* SPDX-License-Identifier: MIT */
/* The only file that knows ncurses. */
#include "viewer/tui/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <ncurses.h>

#include "viewer/tui/keys.h"

static SCREEN *screen;
static bool colours;

void aw__screen_close(void)
{
	SCREEN *old = screen;

	if (old == NULL)
		return;
	screen = NULL;
	endwin();
	delscreen(old);
}

static void start_colours(void)
{
	const char *no_colour = getenv("NO_COLOR");

	colours = (no_colour == NULL || no_colour[0] == '\0') && has_colors() &&
		  start_color() == OK && use_default_colors() == OK;
	for (short i = 1; colours && i < AW__INK_COLOURS; i++)
		init_pair(i, i, -1);
}

bool aw__screen_open(struct aw__problem *problem)
{
	static bool registered;
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return aw__problem_set(problem, "the viewer needs a terminal on stdin and stdout");
	screen = newterm(NULL, stdout, stdin);
	if (screen == NULL)
		return aw__problem_set(problem, "the terminal is unknown: TERM is '%s'",
				       term != NULL ? term : "");
	if (!registered)
		atexit(aw__screen_close);
	registered = true;
	set_escdelay(25);
	cbreak();
	noecho();
	nonl();
	intrflush(stdscr, FALSE);
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	curs_set(0);
	start_colours();
	return true;
}

void aw__screen_size(int *ret_width, int *ret_height)
{
	getmaxyx(stdscr, *ret_height, *ret_width);
}

static attr_t attributes_of(uint8_t ink)
{
	attr_t attributes = A_NORMAL;

	attributes |= (ink & AW__INK_BOLD) != 0 ? A_BOLD : 0;
	attributes |= (ink & AW__INK_DIM) != 0 ? A_DIM : 0;
	attributes |= (ink & AW__INK_REVERSE) != 0 ? A_REVERSE : 0;
	return attributes;
}

static void show_cell(int y, int x, const struct aw__cell *cell)
{
	wchar_t text[3] = { (wchar_t)cell->code, (wchar_t)cell->mark, L'\0' };
	short pair = colours ? (short)(cell->ink & AW__INK_COLOURS) : 0;
	cchar_t c;

	if (cell->code != 0 && setcchar(&c, text, attributes_of(cell->ink), pair, NULL) == OK)
		mvadd_wch(y, x, &c);
}

void aw__screen_show(const struct aw__grid *grid)
{
	erase();
	for (int y = 0; y < grid->height; y++)
		for (int x = 0; x < grid->width; x++)
			show_cell(y, x, &grid->cells[(size_t)y * (size_t)grid->width + (size_t)x]);
	refresh();
}

static uint32_t function_key(wint_t code)
{
	static const struct {
		wint_t code;
		uint32_t key;
	} table[] = {
		{ KEY_UP, AW__KEY_UP },
		{ KEY_DOWN, AW__KEY_DOWN },
		{ KEY_LEFT, AW__KEY_LEFT },
		{ KEY_RIGHT, AW__KEY_RIGHT },
		{ KEY_PPAGE, AW__KEY_PAGE_UP },
		{ KEY_NPAGE, AW__KEY_PAGE_DOWN },
		{ KEY_HOME, AW__KEY_HOME },
		{ KEY_END, AW__KEY_END },
		{ KEY_RESIZE, AW__KEY_RESIZE },
		{ KEY_ENTER, AW__KEY_ENTER },
		{ KEY_BACKSPACE, AW__KEY_BACKSPACE },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return table[i].key;
	return AW__KEY_RESIZE; /* one that means nothing here: drawing again does no harm */
}

uint32_t aw__screen_key(void)
{
	wint_t code = 0;
	int status = get_wch(&code);

	if (status == ERR)
		return AW__KEY_NONE;
	return status == KEY_CODE_YES ? function_key(code) : (uint32_t)code;
}
