#!/bin/sh
# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A component of a WIT text and a guest's source: make_guest.sh TRENAIL WIT LANGUAGE FOLDER BOUND
# SOURCE OUT COMPILER [OPTION…]; BOUND is the source that bind writes into FOLDER. BIND_WORLD names
# one of several worlds.
set -eu
trenail=$1 wit=$2 language=$3 folder=$4 bound=$5 source=$6 out=$7
shift 7
mkdir -p "$folder"
"$trenail" bind "$wit" ${BIND_WORLD:+--world "$BIND_WORLD"} --guest --lang "$language" -o "$folder"
"$@" --target=wasm32-wasi -mexec-model=reactor -O2 -Wall -Wextra -Werror -Wl,-s -I "$folder" \
  "$source" "$folder/$bound" -o "$out.module"
"$trenail" component new "$out.module" -o "$out"
