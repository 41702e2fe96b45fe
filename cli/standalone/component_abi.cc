// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types, lifting and lowering, for programs of components; see engine.cc. Calls spend their time
// here, so that it is optimised for speed.

#include "libcomponent/abi/flatten.cc"
#include "libcomponent/abi/fused.cc"
#include "libcomponent/abi/fused_passes.cc"
#include "libcomponent/abi/fused_program.cc"
#include "libcomponent/abi/lift_flat.cc"
#include "libcomponent/abi/load.cc"
#include "libcomponent/abi/lower_flat.cc"
#include "libcomponent/abi/native.cc"
#include "libcomponent/abi/store.cc"
#include "libcomponent/abi/string_encodings.cc"
#include "libcomponent/abi/traps.cc"
#include "libcomponent/types/type_arena.cc"
