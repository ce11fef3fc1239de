"""What a process gives up for ever before it runs the code of a student.

The sandbox around it already has no network, no files to write and none worth reading. Each submission besides gets
process numbers, a scratch folder and limits of its own (`own_namespaces`, `give_up`), so that nothing passes from one
to the next. This is Linux's own language: the numbers are those of its headers.
"""

import ctypes
import os
import resource
import struct

_libc = ctypes.CDLL(None, use_errno=True)

_NEW_MOUNTS, _NEW_IPC, _NEW_PIDS = 0x00020000, 0x08000000, 0x20000000
_NO_SETUID_PROGRAMS, _NO_DEVICES, _RECURSIVE, _PRIVATE = 2, 4, 1 << 14, 1 << 18
_SET_SECCOMP, _DROP_BOUNDING_CAPABILITY, _NO_NEW_PRIVILEGES = 22, 24, 38

MACHINE = "x86_64"
"""The only kind of processor whose numbers for system calls are known here."""

#: System calls that no exercise needs.
DENIED = {
    "other processes": (57, 58),  # fork, vfork; clone and clone3 are looked at below
    "other programs": (59, 322),  # execve, execveat
    "network": (41,),  # socket
    # unshare, setns, mount, umount2, pivot_root, chroot, open_tree, move_mount, fsopen, fsconfig, fsmount,
    # fspick, mount_setattr
    "mounts": (272, 308, 165, 166, 155, 161, 428, 429, 430, 431, 432, 433, 442),
    "memory that no limit counts": (29, 64, 68, 240, 319, 447),  # shmget, semget, msgget, mq_open, memfd_*
    # ptrace, process_vm_readv, process_vm_writev, pidfd_open, pidfd_getfd, kcmp
    "other processes' memory": (101, 310, 311, 434, 438, 312),
    "keys": (248, 249, 250),  # add_key, request_key, keyctl
    # bpf, perf_event_open, userfaultfd, io_uring_*, *_by_handle_at, personality
    "rarely used parts of the kernel": (321, 298, 323, 425, 426, 427, 303, 304, 135),
}
_ARCHITECTURE, _CLONE, _CLONE3, _THREAD = 0xC000003E, 56, 435, 0x00010000


def _check(result):
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))


def own_namespaces(scratch, megabytes):
    """Give the children of this process their own process numbers, and an empty scratch folder in memory.

    Parameters
    ----------
    scratch : str
        Where the scratch folder goes; what is there is hidden.
    megabytes : int
        How much it holds.
    """
    _check(_libc.unshare(_NEW_MOUNTS | _NEW_IPC | _NEW_PIDS))
    _check(_libc.mount(None, b"/", None, _RECURSIVE | _PRIVATE, None))
    options = f"size={megabytes}m,nr_inodes=1000,mode=1777".encode()
    _check(_libc.mount(b"tmpfs", scratch.encode(), b"tmpfs", _NO_SETUID_PROGRAMS | _NO_DEVICES, options))


def set_limits(limits):
    """Set what the system lets this process use; all but the threads count for it alone.

    Parameters
    ----------
    limits : dict
        "memory" and "file" in megabytes, "cpu" in seconds, "threads".
    """
    for name, value in {
        resource.RLIMIT_AS: limits["memory"] << 20,
        resource.RLIMIT_FSIZE: limits["file"] << 20,
        resource.RLIMIT_CPU: limits["cpu"],
        resource.RLIMIT_NPROC: limits["threads"],
        resource.RLIMIT_NOFILE: 64,
        resource.RLIMIT_CORE: 0,
    }.items():
        resource.setrlimit(name, (value, value))


def become(user):
    """Become a user who owns nothing, if we are root; then give up all that makes a process more than others."""
    for capability in range(64):
        _libc.prctl(_DROP_BOUNDING_CAPABILITY, capability, 0, 0, 0)
    if os.getuid() == 0 and user:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    header, nothing = struct.pack("Ii", 0x20080522, 0), bytes(24)
    _check(_libc.capset(header, nothing))
    _check(_libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0))


def deny_system_calls():
    """Let the system calls in `DENIED` fail from now on; threads can be made, processes not."""
    load, equal, any_bit, at_least, give = 0x20, 0x15, 0x45, 0x35, 0x06
    allowed, killed, refused, unknown = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026  # EPERM, ENOSYS
    program = [
        (load, 0, 0, 4),  # the architecture
        (equal, 1, 0, _ARCHITECTURE),
        (give, 0, 0, killed),
        (load, 0, 0, 0),  # the number of the call
        (at_least, 0, 1, 0x40000000),  # the same calls by another set of numbers
        (give, 0, 0, refused),
        (equal, 0, 1, _CLONE3),  # its arguments cannot be looked at; libraries then take clone
        (give, 0, 0, unknown),
    ]
    for number in (number for numbers in DENIED.values() for number in numbers):
        program += [(equal, 0, 1, number), (give, 0, 0, refused)]
    program += [
        (equal, 0, 3, _CLONE),
        (load, 0, 0, 16),  # its first argument
        (any_bit, 1, 0, _THREAD),
        (give, 0, 0, refused),
        (give, 0, 0, allowed),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in program))

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_void_p))

    described = Program(len(program), ctypes.cast(code, ctypes.c_void_p))
    _check(_libc.prctl(_SET_SECCOMP, 2, ctypes.byref(described), 0, 0))
