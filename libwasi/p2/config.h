// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Drafts on top of WASI 0.2: [wasi:config] and [wasi:keyvalue].

#ifndef TRENAIL_LIBWASI_P2_CONFIG_H_
#define TRENAIL_LIBWASI_P2_CONFIG_H_

#include "libcomponent/libcomponent.h"

namespace trenail::wasi::p2 {

void LinkConfig(ComponentLinker& linker);
void LinkKeyValue(ComponentLinker& linker);

}  // namespace trenail::wasi::p2

#endif  // TRENAIL_LIBWASI_P2_CONFIG_H_
