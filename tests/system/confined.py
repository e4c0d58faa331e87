#!/usr/bin/env python3
# SPDX-License-Identifier: EUPL-1.2
"""Runs a program under what config/systemd lets every process of a mailroom do: its system calls, and
no memory that can be both written and executed.

usage: confined.py PROGRAM ARGUMENT...

Needs systemd-analyze (for what its groups of system calls are) and libseccomp; ends 77 where either, or
the kernel, lacks something.
"""
import ctypes
import os
import pathlib
import subprocess
import sys

UNIT = pathlib.Path(__file__).resolve().parents[2] / "config/systemd/postkamer-.service.d/10-common.conf"
CANNOT = 77
PR_SET_NO_NEW_PRIVS, PR_SET_MDWE = 38, 65
ALLOW, EPERM = 0x7FFF0000, 0x00050001


def calls_of(word):
    if not word.startswith("@"):
        return {word}
    told = subprocess.run(["systemd-analyze", "syscall-filter", word], capture_output=True, text=True)
    words = [line.strip() for line in told.stdout.splitlines()[1:]]
    return set().union(*(calls_of(w) for w in words if w and not w.startswith("#")))


def allowed_calls(unit):
    allowed = calls_of("@default")
    for line in unit.read_text().splitlines():
        name, _, value = line.partition("=")
        if name != "SystemCallFilter":
            continue
        named = set().union(*(calls_of(word) for word in value.lstrip("~").split()))
        allowed = allowed - named if value.startswith("~") else allowed | named
    return allowed


def confine(allowed):
    seccomp = ctypes.CDLL("libseccomp.so.2")
    seccomp.seccomp_init.restype = ctypes.c_void_p
    rules = ctypes.c_void_p(seccomp.seccomp_init(ctypes.c_uint32(EPERM)))
    for call in allowed:
        number = seccomp.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:  # of this machine's architecture
            seccomp.seccomp_rule_add(rules, ctypes.c_uint32(ALLOW), number, 0)
    prctl = ctypes.CDLL(None).prctl
    return (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 and prctl(PR_SET_MDWE, 1, 0, 0, 0) == 0
            and seccomp.seccomp_load(rules) == 0)


def main():
    try:
        is_confined = confine(allowed_calls(UNIT))
    except (OSError, TypeError) as missing:
        print(f"cannot confine: {missing}", file=sys.stderr)
        sys.exit(CANNOT)
    if not is_confined:
        print("cannot confine: this kernel lacks PR_SET_MDWE (6.3) or seccomp", file=sys.stderr)
        sys.exit(CANNOT)
    os.execv(sys.argv[1], sys.argv[1:])


main()
