/* SPDX-License-Identifier: MIT */
/**
 * awry/version.h - the version of awry that a program is compiled against, and the version that it runs with.
 *
 * A program runs with every later version of the library that has the same soname (libawry.so.0): a change that would
 * break it gets another soname. Structs can grow without a new soname: options begin with their size, which their macro
 * (AW_TASK_OPTS() and the like) sets, and members called `reserved` are 0 until a later version uses them. If a program
 * sets an option that the library does not know, because the library is older than the headers, the program ends with a
 * line that says so. Exception: aw_agent_start_with() reports it and records nothing, and the program goes on.
 *
 * Context: any thread, in or out of a task, before a loop is opened, and in a signal handler
 */
#ifndef AWRY_VERSION_H
#define AWRY_VERSION_H

#include <awry/compiler.h>

#ifdef __cplusplus
extern "C" {
#endif

/* CMakeLists.txt reads these three numbers. */
/** The first number of the version. */
#define AW_VERSION_MAJOR 0
/** The second number. */
#define AW_VERSION_MINOR 1
/** The third number. */
#define AW_VERSION_PATCH 0

/** A version as a number that the preprocessor can compare: `#if AW_VERSION >= AW_VERSION_NUMBER(0, 2, 0)`. */
#define AW_VERSION_NUMBER(major, minor, patch) ((major)*10000 + (minor)*100 + (patch))

/** The version of these headers as a number: 100 for 0.1.0. */
#define AW_VERSION AW_VERSION_NUMBER(AW_VERSION_MAJOR, AW_VERSION_MINOR, AW_VERSION_PATCH)

/** The version of these headers as text: "0.1.0". */
#define AW_VERSION_STRING			AW__VERSION_TEXT(AW_VERSION_MAJOR, AW_VERSION_MINOR, AW_VERSION_PATCH)
#define AW__VERSION_TEXT(major, minor, patch)	AW__VERSION_QUOTED(major, minor, patch)
#define AW__VERSION_QUOTED(major, minor, patch) #major "." #minor "." #patch

/**
 * Get the version of the library that the program runs with, in the form of AW_VERSION.
 *
 * Since: 0.1
 */
AW_API unsigned int aw_version(void);
/**
 * Get the version of the library that the program runs with as text: "0.1.0".
 *
 * Owner: static
 * Since: 0.1
 */
AW_API const char *aw_version_string(void);

#ifdef __cplusplus
}
#endif

#endif
