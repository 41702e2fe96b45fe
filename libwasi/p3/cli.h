// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// [wasi:cli@0.3.0] [wasi:clocks@0.3.0] [wasi:random@0.3.0] [wasi:filesystem@0.3.0]

#ifndef TRENAIL_LIBWASI_P3_CLI_H_
#define TRENAIL_LIBWASI_P3_CLI_H_

#include "libwasi/component/context.h"

namespace trenail::wasi::p3 {

inline constexpr char kVersion[] = "@0.3.0";

void LinkClocks(ComponentLinker& linker);
void LinkRandom(ComponentLinker& linker);
void LinkCli(ComponentLinker& linker);
void LinkFilesystem(ComponentLinker& linker);

}  // namespace trenail::wasi::p3

#endif  // TRENAIL_LIBWASI_P3_CLI_H_
