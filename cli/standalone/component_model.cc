// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reading and checking a component, for programs of components; see engine.cc.

#include "libcomponent/binary/component_decoder.cc"
#include "libcomponent/binary/decode_canon.cc"
#include "libcomponent/binary/decode_core_types.cc"
#include "libcomponent/binary/decode_definitions.cc"
#include "libcomponent/binary/decode_types.cc"
#include "libcomponent/binary/name_section.cc"
#include "libcomponent/types/layout.cc"
#include "libcomponent/types/names.cc"
#include "libcomponent/types/substitution.cc"
#include "libcomponent/types/subtyping.cc"
#include "libcomponent/types/subtyping_values.cc"
#include "libcomponent/validate/canon_options.cc"
#include "libcomponent/validate/component_validator.cc"
#include "libcomponent/validate/rules_builtins.cc"
#include "libcomponent/validate/rules_canon.cc"
#include "libcomponent/validate/rules_core.cc"
#include "libcomponent/validate/rules_externs.cc"
#include "libcomponent/validate/rules_instances.cc"
#include "libcomponent/validate/rules_types.cc"
#include "libcomponent/validate/rules_values.cc"
