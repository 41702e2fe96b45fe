#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""The program of examples/async says what it should, in the order of the clock."""

import subprocess
import sys

EXPECTED = """after 3 minutes: 30 degrees
after 6 minutes: 60 degrees
after 9 minutes: 90 degrees
the hotter one: 80 degrees
"""

done = subprocess.run(sys.argv[1:], capture_output=True, text=True, timeout=60, check=False)
if done.returncode != 0 or done.stdout != EXPECTED:
    sys.exit(f'exit code {done.returncode}\n{done.stdout}{done.stderr}')
