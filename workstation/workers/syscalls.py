"""The calls that a worker has no use for, by their numbers on the two architectures that ship.

Not a list of all that is allowed: the C library picks other calls with every version, and a filter
that it outgrows breaks the program. Everything by which a process reaches a file, another process or
the network is here; memory, time, threads and what was opened before stay.

Units:   (number on x86_64, number on aarch64); None where the architecture has no such call.
Source:  asm/unistd_64.h, asm-generic/unistd.h of Linux 6.1.
"""

from __future__ import annotations

from typing import Final

X86_64: Final = 0
AARCH64: Final = 1
COLUMNS: Final = {"x86_64": X86_64, "aarch64": AARCH64}

DENIED: Final[dict[str, tuple[int | None, int | None]]] = {
    # files: by path, their names and their properties
    "open": (2, None), "openat": (257, 56), "openat2": (437, 437), "creat": (85, None),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "open_tree": (428, 428),
    "stat": (4, None), "lstat": (6, None), "statfs": (137, 43),
    "access": (21, None), "faccessat": (269, 48), "faccessat2": (439, 439),
    "readlink": (89, None), "readlinkat": (267, 78),
    "truncate": (76, 45), "unlink": (87, None), "unlinkat": (263, 35), "rmdir": (84, None),
    "rename": (82, None), "renameat": (264, 38), "renameat2": (316, 276),
    "mkdir": (83, None), "mkdirat": (258, 34), "mknod": (133, None), "mknodat": (259, 33),
    "link": (86, None), "linkat": (265, 37), "symlink": (88, None), "symlinkat": (266, 36),
    "chmod": (90, None), "fchmodat": (268, 53),
    "chown": (92, None), "lchown": (94, None), "fchownat": (260, 54),
    "utime": (132, None), "utimes": (235, None), "futimesat": (261, None), "utimensat": (280, 88),
    "setxattr": (188, 5), "lsetxattr": (189, 6), "removexattr": (197, 14), "lremovexattr": (198, 15),
    "getxattr": (191, 8), "lgetxattr": (192, 9), "listxattr": (194, 11), "llistxattr": (195, 12),
    "chdir": (80, 49), "fchdir": (81, 50), "chroot": (161, 51),
    "inotify_init": (253, None), "inotify_init1": (294, 26), "fanotify_init": (300, 262),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    # processes: new ones, and what one can do to another
    "fork": (57, None), "vfork": (58, None), "execve": (59, 221), "execveat": (322, 281),
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "kill": (62, 129), "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "setrlimit": (160, 164), "migrate_pages": (256, 238), "move_pages": (279, 239),
    # network and other ways to talk
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200),
    "listen": (50, 201), "accept": (43, 202), "accept4": (288, 242),
    "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "memfd_create": (319, 279), "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    # the system itself: without effect unless the program is run by root
    "mount": (165, 40), "umount2": (166, 39), "move_mount": (429, 429), "fsopen": (430, 430),
    "fsconfig": (431, 431), "fsmount": (432, 432), "mount_setattr": (442, 442), "pivot_root": (155, 41),
    "unshare": (272, 97), "setns": (308, 268), "bpf": (321, 280), "perf_event_open": (298, 241),
    "userfaultfd": (323, 282), "init_module": (175, 105), "finit_module": (313, 273),
    "delete_module": (176, 106), "kexec_load": (246, 104), "kexec_file_load": (320, 294),
    "reboot": (169, 142), "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89),
    "quotactl": (179, 60), "syslog": (103, 116), "sethostname": (170, 161), "setdomainname": (171, 162),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "personality": (135, 92),
}  # fmt: skip

# Allowed for one use only; seccomp.py says which.
CLONE: Final = (56, 220)
CLONE3: Final = (435, 435)
TGKILL: Final = (234, 131)
PRLIMIT64: Final = (302, 261)
NEWFSTATAT: Final = (262, 79)
STATX: Final = (332, 291)
SECCOMP: Final = (317, 277)
