"""What a process gives up for ever before it runs the code of a student.

The sandbox around it already has no network, no files to write and none worth reading. Each submission besides gets
process numbers, a scratch folder and limits of its own (`own_namespaces`, `become`), so that nothing passes from one
to the next. System calls are named, not numbered: libseccomp knows their numbers on each kind of processor.
"""

import ctypes
import errno
import functools
import os
import resource
import signal
import struct

_libc = ctypes.CDLL(None, use_errno=True)

_NEW_MOUNTS, _NEW_IPC, _NEW_PIDS = 0x00020000, 0x08000000, 0x20000000
_NO_SETUID_PROGRAMS, _NO_DEVICES, _RECURSIVE, _PRIVATE = 2, 4, 1 << 14, 1 << 18
_SIGNAL_WHEN_PARENT_DIES, _DROP_BOUNDING_CAPABILITY, _NO_NEW_PRIVILEGES = 1, 24, 38

#: System calls that no exercise needs.
DENIED = {
    "other processes": "fork vfork",  # clone and clone3 are looked at below
    "other programs": "execve execveat",
    "network": "socket socketcall",
    "mounts": "unshare setns mount umount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount "
    "fspick mount_setattr",
    "memory that no limit counts": "shmget semget msgget ipc mq_open memfd_create memfd_secret",
    "other processes' memory": "ptrace process_vm_readv process_vm_writev process_madvise pidfd_open pidfd_getfd kcmp",
    "keys": "add_key request_key keyctl",
    "rarely used parts of the kernel": "bpf perf_event_open userfaultfd io_uring_setup io_uring_enter "
    "io_uring_register name_to_handle_at open_by_handle_at personality",
}
_THREAD = 0x00010000
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000  # the last with the number of an error


def die_with_parent():
    """Have this process killed when the one that started it ends, however that ends."""
    _check(_libc.prctl(_SIGNAL_WHEN_PARENT_DIES, signal.SIGKILL, 0, 0, 0))


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


class _Comparison(ctypes.Structure):
    _fields_ = (
        ("argument", ctypes.c_uint),
        ("how", ctypes.c_int),
        ("mask", ctypes.c_uint64),
        ("value", ctypes.c_uint64),
    )


@functools.cache
def _seccomp():
    """Return libseccomp; an `OSError` if there is none."""
    library = ctypes.CDLL("libseccomp.so.2")
    library.seccomp_init.restype = ctypes.c_void_p
    for name in ("rule_add_array", "attr_set", "arch_add", "arch_remove", "load", "export_pfc", "release"):
        getattr(library, f"seccomp_{name}").argtypes = [ctypes.c_void_p]
    return library


@functools.cache
def rules_for_calls(processor=None):
    """Return libseccomp's rules by which the system calls in `DENIED` fail; threads can be made, processes not.

    Parameters
    ----------
    processor : str, optional
        As libseccomp calls it, such as "aarch64"; by default this machine's.

    Returns
    -------
    ctypes pointer
    """
    library = _seccomp()
    rules = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ALLOW)))
    wanted = library.seccomp_arch_resolve_name(processor.encode()) if processor else library.seccomp_arch_native()
    if wanted != library.seccomp_arch_native():
        _demand(library.seccomp_arch_add(rules, wanted))
        _demand(library.seccomp_arch_remove(rules, library.seccomp_arch_native()))
    when_another_processor = 2
    _demand(library.seccomp_attr_set(rules, when_another_processor, ctypes.c_uint32(_KILL)))
    for name in " ".join(DENIED.values()).split():
        _refuse(rules, name, errno.EPERM)
    _refuse(rules, "clone3", errno.ENOSYS)  # its arguments cannot be looked at; libraries then take clone
    masked_equal = 7
    _refuse(rules, "clone", errno.EPERM, _Comparison(0, masked_equal, _THREAD, 0))
    return rules


def _refuse(rules, name, error, *comparisons):
    library = _seccomp()
    number = library.seccomp_syscall_resolve_name(name.encode())
    unknown = -1  # to a library older than the call
    if number != unknown:
        array = (_Comparison * len(comparisons))(*comparisons)
        _demand(library.seccomp_rule_add_array(rules, ctypes.c_uint32(_REFUSE | error), number, len(array), array))


def _demand(result):
    if result < 0:
        raise OSError(-result, f"libseccomp: {os.strerror(-result)}")


def deny_system_calls():
    """Let the system calls in `DENIED` fail from now on."""
    _demand(_seccomp().seccomp_load(rules_for_calls()))
