/* SPDX-License-Identifier: MIT */
/*
 * Preloaded into every process of a tree that is run with debug mode on; needs only the C library. In a Python interpreter it
 * waits, by an audit hook, until the program itself imports asyncio, and then loads the adapter of that version; in
 * any other process it does nothing.
 */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
} python;

static enum { WAITING, INSTALLED, DONE } stage;
static int (*install)(int late);
static struct allocator early, late;
static bool is_early;  /* this library was loaded before the interpreter was initialized */
static char own_entry; /* its address is the hook's data */

/* Found by extension.c in a process that has this library preloaded. */
extern __attribute__((visibility("default"))) const char awry_python_preloaded;
const char awry_python_preloaded = 1;

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
		{ &python.is_initialized, "Py_IsInitialized" },
		{ &python.modules, "PyImport_GetModuleDict" },
		{ &python.find, "PyDict_GetItemString" },
		{ &python.interpreter, "PyInterpreterState_Get" },
		{ &python.main_interpreter, "PyInterpreterState_Main" },
		{ &python.utf8, "PyUnicode_AsUTF8" },
		{ &python.item, "PyTuple_GetItem" },
		{ &python.get_allocator, "PyMem_GetAllocator" },
		{ &python.set_allocator, "PyMem_SetAllocator" },
	};

	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++) {
		*(void **)wanted[i].place = dlsym(RTLD_DEFAULT, wanted[i].name);
		if (*(void **)wanted[i].place == NULL)
			return false;
	}
	return true;
}

static bool complain(const char *what, const char *why)
{
	fprintf(stderr, "awry: CPython %.20s: %s: its tasks are not recorded\n", what, why);
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
		return false;
	if (strstr(version, "free-threading") != NULL)
		return complain(version, "a free-threaded build");
	if (dladdr(&own_entry, &own) == 0 || own.dli_fname == NULL ||
	    (slash = strrchr(own.dli_fname, '/')) == NULL)
		return false;
	snprintf(path, sizeof(path), "%.*s/awry-python-%u.%u.so", (int)(slash - own.dli_fname),
		 own.dli_fname, major, minor);
	if (access(path, R_OK) != 0)
		return complain(version, "there is no adapter for this version");
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library != NULL)
		*(void **)&install = dlsym(library, "awry_python_install");
	return install != NULL || complain(version, dlerror());
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

static void on_import(const char *name)
{
	if (stage == WAITING && strcmp(name, "_asyncio") == 0) {
		stage = DONE; /* the import below calls this function again */
		/* Import it now, so that the hooks are in place before the program has it. */
		if (load_adapter() && python.import("_asyncio") != NULL && install(0) == 0)
			stage = INSTALLED;
	} else if (stage == INSTALLED && strcmp(name, "asyncio.unix_events") == 0) {
		stage = DONE;
		install(1);
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

/* extension.c loads this library into an interpreter that may have imported asyncio. */
static void catch_up(void)
{
	static const char *const names[] = { "_asyncio", "asyncio.unix_events" };

	if (python.interpreter() != python.main_interpreter())
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (python.find(python.modules(), names[i]) != NULL)
			on_import(names[i]);
}

__attribute__((constructor)) static void start(void)
{
	const char *debug = secure_getenv("AWRY_DEBUG");

	if (debug == NULL || strcmp(debug, "1") != 0 || !find_python())
		return;
	is_early = !python.is_initialized();
	python.get_allocator(RAW_DOMAIN, &early);
	python.add_hook(on_audit, &own_entry);
	if (!is_early)
		catch_up();
}
