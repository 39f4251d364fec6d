/* SPDX-License-Identifier: MIT */
/* Tells files of the kernel from files that keep what is written to them, by their file system. */
#include "base/kernel_files.h"

#include <linux/magic.h>
#include <stddef.h>
#include <sys/vfs.h>

/* Some are not in the headers of older kernels. */
#define CONFIGFS 0x62656570
#define MQUEUE	 0x19800202
#define FUSECTL	 0x65735543

static const unsigned long kernels[] = {
	PROC_SUPER_MAGIC, SYSFS_MAGIC,	       DEBUGFS_MAGIC,  TRACEFS_MAGIC,  SECURITYFS_MAGIC,
	SELINUX_MAGIC,	  SMACK_MAGIC,	       BPF_FS_MAGIC,   NSFS_MAGIC,     CGROUP_SUPER_MAGIC,
	PSTOREFS_MAGIC,	  CGROUP2_SUPER_MAGIC, EFIVARFS_MAGIC, BINFMTFS_MAGIC, RDTGROUP_SUPER_MAGIC,
	CONFIGFS,	  DEVPTS_SUPER_MAGIC,  MQUEUE,	       FUSECTL,
};

bool aw__kernel_files_has(const char *path)
{
	struct statfs system;

	if (statfs(path, &system) != 0)
		return false;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++)
		if ((unsigned long)system.f_type == kernels[i])
			return true;
	return false;
}
