// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What programs of components have of the public libraries beyond engine.cc.

#include "libcomponent/libcomponent.cc"
#include "libcomponent/runtime/adapter_module.cc"
#include "libcomponent/streams.cc"
#include "libcomponent/validate/value_decoder.cc"
#include "libwasm/binary/module_encoder.cc"
