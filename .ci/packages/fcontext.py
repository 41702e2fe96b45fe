#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The few functions of Boost.Context that switch stacks, as an object of our own, so that who links
our archives needs no Boost. They are weak: a program may have Boost.Context as well.

Usage: fcontext.py OUTPUT OBJCOPY LINK-COMMAND…"""

import subprocess
import sys

output, objcopy, *link = sys.argv[1:]
subprocess.run([*link, '-r', '-nostdlib', '-Wl,-u,make_fcontext', '-Wl,-u,jump_fcontext',
                '-l:libboost_context.a', '-o', output], check=True)
subprocess.run([objcopy, '--weaken', output], check=True)
