"""Runs a program to which the system refuses some calls, as containers do.

refused_calls.py ERRNO NUMBER,... PROGRAM ARGUMENT...
"""

import ctypes
import os
import struct
import sys

# <linux/prctl.h>
PR_SET_SECCOMP = 22
PR_SET_NO_NEW_PRIVS = 38
# <linux/seccomp.h>
SECCOMP_MODE_FILTER = 2
SECCOMP_RET_ALLOW = 0x7FFF0000
SECCOMP_RET_ERRNO = 0x00050000
# <linux/bpf_common.h>: load a word at a place, jump if it is equal, return.
LOAD = 0x20
JUMP_IF_EQUAL = 0x15
RETURN = 0x06
# Of a struct seccomp_data: the number of the call.
NUMBER_PLACE = 0


def step(code, value, skipped=0):
    """Gives a struct sock_filter; `skipped` steps follow what is not equal."""
    return struct.pack("=HBBI", code, 0, skipped, value)


def refuse(error, numbers):
    steps = [step(LOAD, NUMBER_PLACE)]
    for number in numbers:
        steps.append(step(JUMP_IF_EQUAL, number, skipped=1))
        steps.append(step(RETURN, SECCOMP_RET_ERRNO | error))
    steps.append(step(RETURN, SECCOMP_RET_ALLOW))
    code = ctypes.create_string_buffer(b"".join(steps))
    program = struct.pack("HP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for arguments in (
        (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0),
        (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0),
    ):
        if libc.prctl(*arguments) != 0:
            sys.exit("prctl: " + os.strerror(ctypes.get_errno()))


error, numbers, *command = sys.argv[1:]
refuse(int(error), [int(number) for number in numbers.split(",")])
os.execvp(command[0], command)
