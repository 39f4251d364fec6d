/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into every process of a tree that is run with debug mode on; needs only the C library. In a Python interpreter it
 * waits, by an audit hook, until the program itself imports asyncio, and then loads the adapter of that version; in
 * any other process it does nothing. extension.c loads it into an interpreter that was started without it.
 */
#include "agent/python/steps.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Modules of asyncio, in the order in which it imports them. */
#define FIRST_MODULE "_asyncio"
#define LAST_MODULE  "asyncio.unix_events"

typedef int audit_hook(const char *event, void *args, void *data);

/* struct PyMemAllocatorEx of CPython's Include/cpython/pymem.h */
struct allocator {
	void *context;
	void *(*malloc)(void *context, size_t bytes);
	void *(*calloc)(void *context, size_t count, size_t bytes);
	void *(*realloc)(void *context, void *memory, size_t bytes);
	void (*free)(void *context, void *memory);
};

enum { RAW_DOMAIN = 0 };

/* Functions of the interpreter, found by name. */
static struct {
	int (*add_hook)(audit_hook *hook, void *data);
	void *(*import)(const char *name);
	void (*clear)(void);
	int (*is_initialized)(void);
	void *(*modules)(void);
	void *(*find)(void *dictionary, const char *key);
	void *(*interpreter)(void);
	void *(*main_interpreter)(void);
	const char *(*utf8)(void *str);
	void *(*item)(void *tuple, ptrdiff_t at);
	const char *(*version)(void);
	void (*get_allocator)(int domain, struct allocator *ret);
	void (*set_allocator)(int domain, struct allocator *allocator);
	void *(*release_gil)(void);
	void (*take_gil)(void *state);
} python;

static enum { WAITING, INSTALLED, DONE } stage;
static aw__py_install *install;
static char problem[512]; /* why the adapter is not installed */
static struct allocator early, late;
static bool is_early;  /* this library was loaded before the interpreter was initialized */
static char own_entry; /* its address is the hook's data */

/* Found by name: also by an extension.c of another installation. */
__attribute__((visibility("default"))) const char *awry_python_start(void);

static int on_audit(const char *event, void *args, void *data);

static bool find_python(void)
{
	static const struct {
		void *place;
		const char *name;
	} wanted[] = {
		{ &python.version, "Py_GetVersion" },
		{ &python.add_hook, "PySys_AddAuditHook" },
		{ &python.import, "PyImport_ImportModule" },
		{ &python.clear, "PyErr_Clear" },
		{ &python.is_initialized, "Py_IsInitialized" },
		{ &python.modules, "PyImport_GetModuleDict" },
		{ &python.find, "PyDict_GetItemString" },
		{ &python.interpreter, "PyInterpreterState_Get" },
		{ &python.main_interpreter, "PyInterpreterState_Main" },
		{ &python.utf8, "PyUnicode_AsUTF8" },
		{ &python.item, "PyTuple_GetItem" },
		{ &python.get_allocator, "PyMem_GetAllocator" },
		{ &python.set_allocator, "PyMem_SetAllocator" },
		{ &python.release_gil, "PyEval_SaveThread" },
		{ &python.take_gil, "PyEval_RestoreThread" },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		*(void **)wanted[i].place = dlsym(RTLD_DEFAULT, wanted[i].name);
		if (*(void **)wanted[i].place == NULL)
			return false;
	}
	return true;
}

static bool fails(const char *why)
{
	snprintf(problem, sizeof(problem), "%s", why != NULL ? why : "unknown error");
	return false;
}

/* The adapters lie beside this library, one for each minor version. */
static bool load_adapter(void)
{
	const char *version = python.version(), *slash;
	char path[4096];
	unsigned major, minor;
	Dl_info own;
	void *library;

	if (sscanf(version, "%u.%u", &major, &minor) != 2)
		return fails("unknown version");
	if (strstr(version, "free-threading") != NULL)
		return fails("a free-threaded build");
	if (dladdr(&own_entry, &own) == 0 || own.dli_fname == NULL ||
	    (slash = strrchr(own.dli_fname, '/')) == NULL)
		return fails("the folder of awry-python.so is not known");
	snprintf(path, sizeof(path), "%.*s/awry-python-%u.%u.so", (int)(slash - own.dli_fname),
		 own.dli_fname, major, minor);
	if (access(path, R_OK) != 0)
		return fails("there is no adapter for this version");
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library != NULL)
		*(void **)&install = dlsym(library, "awry_python_install");
	return install != NULL || fails(dlerror());
}

static bool run_adapter(int step)
{
	const char *why = install(step);

	return why == NULL || fails(why);
}

static void complain(void)
{
	const char *version = python.version();

	fprintf(stderr, "awry: CPython %.*s: %s: its tasks are not recorded\n",
		(int)strcspn(version, " "), version, problem);
}

/*
 * The interpreter allocates the hook's entry before it chooses its allocator, and frees it afterwards: an allocator that checks (-X dev,
 * PYTHONMALLOC=debug) would abort the program. So this one entry, and nothing else, is freed by the early allocator.
 */
static void free_own_entry(void *context, void *memory)
{
	void *const *entry = memory; /* next, function, data */

	if (memory != NULL && entry[1] == (void *)on_audit && entry[2] == (void *)&own_entry) {
		early.free(early.context, memory);
		python.set_allocator(RAW_DOMAIN, &late);
		return;
	}
	late.free(context, memory);
}

static void before_hooks_are_freed(void)
{
	struct allocator both;

	python.get_allocator(RAW_DOMAIN, &late);
	if (late.free == early.free)
		return;
	both = late;
	both.free = free_own_entry;
	python.set_allocator(RAW_DOMAIN, &both);
}

static bool is_imported(const char *name)
{
	return python.find(python.modules(), name) != NULL;
}

static void install_whole(void)
{
	stage = DONE;
	run_adapter(AW__PY_WHOLE);
}

/* The program is about to import this module. */
static void on_import(const char *name)
{
	if (stage == WAITING && strcmp(name, FIRST_MODULE) == 0) {
		stage = DONE; /* the import below calls this function again */
		/* Import it now, so that the hooks are in place before the program has it. */
		if (load_adapter() && python.import(name) == NULL)
			python.clear(); /* the program's own import fails, too */
		else if (problem[0] == '\0' && run_adapter(AW__PY_FIRST))
			stage = INSTALLED;
		if (problem[0] != '\0')
			complain();
	} else if (stage == INSTALLED && strcmp(name, LAST_MODULE) == 0) {
		install_whole();
	}
}

static int on_audit(const char *event, void *args, void *data)
{
	const char *name;

	(void)data;
	if (is_early && event[0] == 'c' && strcmp(event, "cpython._PySys_ClearAuditHooks") == 0)
		before_hooks_are_freed();
	if (stage == DONE || strcmp(event, "import") != 0 ||
	    python.interpreter() != python.main_interpreter())
		return 0;
	name = python.utf8(python.item(args, 0));
	if (name != NULL)
		on_import(name);
	return 0;
}

/* The interpreter may have imported asyncio: then what is there is hooked, and there is nothing to wait for. */
static void install_in_use(void)
{
	if (!is_imported(FIRST_MODULE))
		return;
	if (stage == WAITING && load_adapter() && run_adapter(AW__PY_FIRST_IN_USE))
		stage = INSTALLED;
	if (stage == INSTALLED && is_imported(LAST_MODULE))
		install_whole();
}

/*
 * The process and thread that put the hooks in place; 0: none does. The adapter's scripts let other threads run meanwhile, and signal handlers, which
 * may call awry_python_start(), too. Guarded by the GIL.
 */
static pid_t beginning;
static pthread_t beginner;

/* Wait while another thread begins. False: there is nothing to do, since this thread itself does, or `problem` says why it cannot be done. */
static bool may_begin(void)
{
	while (beginning != 0) {
		void *state;

		if (beginning != getpid()) /* hooks may be in place, without that thread */
			return fails("it was forked while its parent began to record");
		if (pthread_equal(beginner, pthread_self()))
			return false;
		state = python.release_gil();
		usleep(1000);
		python.take_gil(state);
	}
	return true;
}

static void begin_in_use(void)
{
	if (!may_begin() || stage != WAITING)
		return;
	problem[0] = '\0';
	beginning = getpid();
	beginner = pthread_self();
	install_in_use();
	beginning = 0;
}

static void wait_for_imports(void)
{
	static bool waits;

	if (waits || stage == DONE)
		return;
	waits = true;
	is_early = !python.is_initialized();
	python.get_allocator(RAW_DOMAIN, &early);
	if (python.add_hook(on_audit, &own_entry) != 0)
		python.clear();
}

static bool is_wanted(void)
{
	const char *debug = secure_getenv("AWRY_DEBUG");

	return debug != NULL && strcmp(debug, "1") == 0 && find_python();
}

/*
 * Begin to record this interpreter. Call with the GIL held. Returns NULL, or why it is not recorded: then it may be called again. Valid until the
 * next call.
 */
const char *awry_python_start(void)
{
	if (!is_wanted())
		return "AWRY_DEBUG is not 1";
	if (python.interpreter() != python.main_interpreter()) /* it is not recorded */
		return NULL;
	if (stage == WAITING)
		begin_in_use();
	if (problem[0] == '\0' && beginning == 0)
		wait_for_imports();
	return problem[0] != '\0' ? problem : NULL;
}

__attribute__((constructor)) static void start(void)
{
	/* In an interpreter that runs awry_python_start() is called next. */
	if (is_wanted() && !python.is_initialized())
		wait_for_imports();
}
