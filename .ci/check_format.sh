#!/bin/bash
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Every source is formatted as .clang-format says; `./x format` repairs.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
if ! command -v clang-format-19 > /dev/null; then
  echo "clang-format-19 is not installed"
  exit 77
fi
git ls-files -z -- '*.cc' '*.h' '*.c' | xargs -0 -P2 -n32 clang-format-19 --dry-run --Werror 2>&1 |
  grep -E 'error:' | cut -d: -f1 | sort | uniq -c | sort -rn > "${TMPDIR:-/tmp}/format.$$" || true
bad=$(< "${TMPDIR:-/tmp}/format.$$")
rm -f "${TMPDIR:-/tmp}/format.$$"
if [[ -n $bad ]]; then
  echo "not formatted (places, file); ./x format repairs:"
  echo "$bad"
  exit 1
fi
