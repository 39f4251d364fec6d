/* SPDX-License-Identifier: MIT */
/* aw_version(): the version of the loaded library, for programs that compare it with their headers. */
#include <awry/version.h>

unsigned int aw_version(void)
{
	return AW_VERSION;
}

const char *aw_version_string(void)
{
	return AW_VERSION_STRING;
}
