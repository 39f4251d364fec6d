/* SPDX-License-Identifier: MIT */
/*
 * The viewer's terminal: shows a grid, reads keys and mouse events, copies to the clipboard, runs the editor. No other
 * file uses ncurses.
 */
#include "viewer/tui/screen.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <wchar.h>

#define NCURSES_WIDECHAR 1
#include <ncurses.h>
#include <term.h>

#include "viewer/tui/mouse.h"
#include "viewer/tui/terminal_restore.h"

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
	aw__terminal_restore_stop();
}

/*
 * Each ink in three palettes: the 8 colours that the user has chosen, 256 colours, and RGB. The last two are
 * readable on black and on white.
 */
static const struct {
	int few, many, rgb;
} palette[AW__INK_COLOURS] = {
	[AW__INK_RED] = { COLOR_RED, 167, 0xd04f4f },
	[AW__INK_GREEN] = { COLOR_GREEN, 34, 0x2fa84f },
	[AW__INK_YELLOW] = { COLOR_YELLOW, 136, 0xb08800 },
	[AW__INK_MAGENTA] = { COLOR_MAGENTA, 133, 0xb060b0 },
	[AW__INK_CYAN] = { COLOR_CYAN, 37, 0x20a0a0 },
};

static int colour_of(unsigned ink)
{
	if (tigetflag("RGB") > 0 && COLORS > 256)
		return palette[ink].rgb;
	return COLORS >= 256 ? palette[ink].many : palette[ink].few;
}

static void start_colours(void)
{
	const char *no_colour = getenv("NO_COLOR");

	colours = (no_colour == NULL || no_colour[0] == '\0') && has_colors() &&
		  start_color() == OK && use_default_colors() == OK;
	for (unsigned ink = 1; colours && ink < AW__INK_COLOURS; ink++)
		init_extended_pair((int)ink, colour_of(ink), -1);
}

static void append_capability(char *text, size_t size, const char *name)
{
	const char *value = tigetstr(name);

	if (value != NULL && (uintptr_t)value != UINTPTR_MAX && strlen(text) + strlen(value) < size)
		strcat(text, value);
}

/* Give terminal_restore the sequences that restore the terminal. */
static void start_restore(void)
{
	static const char *const names[] = { "sgr0", "rmkx", "cnorm", "rmcup" };
	static char reset[256];
	int error;

	if (setupterm(NULL, STDOUT_FILENO, &error) != OK)
		return;
	strcpy(reset, "\x1b[?1000l\x1b[?1006l");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		append_capability(reset, sizeof(reset), names[i]);
	del_curterm(cur_term);
	aw__terminal_restore_start(reset);
}

bool aw__screen_open(struct aw__problem *problem)
{
	static bool registered;
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return aw__problem_set(problem, "the viewer needs a terminal on stdin and stdout");
	start_restore();
	screen = newterm(NULL, stdout, stdin);
	if (screen == NULL)
		aw__terminal_restore_stop();
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
	mouseinterval(0);
	mousemask(BUTTON1_PRESSED | BUTTON1_CLICKED | BUTTON4_PRESSED | BUTTON5_PRESSED, NULL);
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

static uint32_t mouse_key(void)
{
	MEVENT event;

	if (getmouse(&event) != OK)
		return AW__KEY_RESIZE;
	if ((event.bstate & BUTTON4_PRESSED) != 0)
		return aw__mouse_key(AW__MOUSE_UP, event.x, event.y);
	if ((event.bstate & BUTTON5_PRESSED) != 0)
		return aw__mouse_key(AW__MOUSE_DOWN, event.x, event.y);
	if ((event.bstate & (BUTTON1_PRESSED | BUTTON1_CLICKED)) != 0)
		return aw__mouse_key(AW__MOUSE_CLICK, event.x, event.y);
	return AW__KEY_RESIZE;
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

	if (code == KEY_MOUSE)
		return mouse_key();
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (table[i].code == code)
			return table[i].key;
	return AW__KEY_RESIZE; /* an unused key: drawing again does no harm */
}

uint32_t aw__screen_key(void)
{
	wint_t code = 0;
	int status = get_wch(&code);

	if (status == ERR)
		return AW__KEY_NONE;
	return status == KEY_CODE_YES ? function_key(code) : (uint32_t)code;
}

void aw__screen_copy(const char *text, size_t length)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

	fputs("\x1b]52;c;", stdout);
	for (size_t i = 0; i < length; i += 3) {
		unsigned bits = (unsigned char)text[i] << 16;

		bits |= i + 1 < length ? (unsigned)(unsigned char)text[i + 1] << 8 : 0;
		bits |= i + 2 < length ? (unsigned char)text[i + 2] : 0;
		putchar(digits[bits >> 18]);
		putchar(digits[bits >> 12 & 63]);
		putchar(i + 1 < length ? digits[bits >> 6 & 63] : '=');
		putchar(i + 2 < length ? digits[bits & 63] : '=');
	}
	putchar('\a');
	fflush(stdout);
}

/* The shell splits the variable into words ("code -w"), as is usual. The path is an argument, not part of the script. */
static _Noreturn void become_editor(const char *path, uint32_t line)
{
	static const char script[] = "exec ${VISUAL:-${EDITOR:-vi}} \"$@\"";
	char number[32], place[4096 + 2];
	sigset_t none;

	signal(SIGINT, SIG_DFL);
	signal(SIGQUIT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	snprintf(number, sizeof(number), "+%u", (unsigned)line);
	snprintf(place, sizeof(place), "%s%s", path[0] == '/' ? "" : "./", path);
	execl("/bin/sh", "sh", "-c", script, "sh", number, place, (char *)NULL);
	_exit(127);
}

bool aw__screen_edit(const char *path, uint32_t line, struct aw__problem *problem)
{
	struct sigaction ignore, interrupt, quit;
	struct stat file;
	int status = 0;
	pid_t child;

	if (strlen(path) > 4096 || stat(path, &file) != 0 || !S_ISREG(file.st_mode))
		return aw__problem_set(problem, "the source is not here");
	def_prog_mode();
	endwin();
	/* input typed into the editor is not for the viewer */
	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	sigaction(SIGINT, &ignore, &interrupt);
	sigaction(SIGQUIT, &ignore, &quit);
	child = fork();
	if (child == 0)
		become_editor(path, line);
	while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	sigaction(SIGINT, &interrupt, NULL);
	sigaction(SIGQUIT, &quit, NULL);
	reset_prog_mode();
	clearok(curscr, TRUE);
	if (child < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127))
		return aw__problem_set(problem, "there is no editor: set VISUAL or EDITOR");
	return true;
}
