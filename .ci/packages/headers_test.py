#!/usr/bin/env python3
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Each installed header compiles alone, without warnings, pedantic ones included, from what is
installed and the standard library alone.

Usage: headers_test.py BUILD-FOLDER COMPILER…"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

from installed import installed

FOREIGN = re.compile(r'/include/(boost|llvm|llvm-c|lld|absl|nlohmann|openssl|nghttp2|toml\+\+)/')


def what_is_wrong(compiler, include, header):
    # Those below the folders of the libraries are C++.
    language = ['-x', 'c', '-std=c11'] if header.parent in (include, include / 'trenail') else [
        '-x', 'c++', '-std=c++23']
    done = subprocess.run(
        [*compiler, *language, '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only', '-H',
         f'-I{include}', '-'], input=f'#include "{header}"\n',
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        text = '\n'.join(line for line in done.stdout.splitlines() if not line.startswith('.'))
        return f'{header}: {compiler} says\n{text}'
    included = re.findall(r'^\.+ (.*)', done.stdout, re.M)
    if str(header) not in included:
        return f'{header}: {compiler} says nothing of what it includes'
    foreign = [name for name in included if FOREIGN.search(name)]
    if foreign:
        return f'{header} drags in {foreign[0]}'
    return None


def main():
    build, *compiler = sys.argv[1:]
    with installed(build, '--tags', 'devel') as (_, prefix):
        include = prefix / 'include/trenail'
        headers = sorted(include.rglob('*.h'))
        # Nothing of the repository but them: what they include and is not installed is not found.
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            wrong = pool.map(lambda header: what_is_wrong(compiler, include, header), headers)
        wrong = [message for message in wrong if message]
    if wrong or not headers:
        sys.exit('\n\n'.join(wrong) or 'no headers')
    print(len(headers), 'headers')


main()
