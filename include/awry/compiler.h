/* SPDX-License-Identifier: MIT */
/**
 * awry/compiler.h - what the public headers ask of the compiler.
 */
#ifndef AWRY_COMPILER_H
#define AWRY_COMPILER_H

#if defined(__GNUC__)
#define AW_API		     __attribute__((__visibility__("default")))
#define AW_MUST_USE	     __attribute__((__warn_unused_result__))
#define AW_PRINTF(at, first) __attribute__((__format__(__printf__, at, first)))
#else
#define AW_API
#define AW_MUST_USE
#define AW_PRINTF(at, first)
#endif

/** The place where a macro is used, as three arguments: const char *file, int line, const char
 * *function. */
#define AW_HERE __FILE__, __LINE__, __func__

#endif
