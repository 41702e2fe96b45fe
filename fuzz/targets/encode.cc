// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any bytes as a module that becomes a component, and as an adapter of another: an error that says
// what is wrong with them, or a component that is valid when it is read back.

#include <string>
#include <vector>

#include "fuzz/targets/target.h"
#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/encode/encode.h"
#include "libcomponent/libcomponent.h"
#include "libwasm/libwasm.h"

namespace {

using component::encode::ModuleSource;

component::FeatureSet AllFeatures() {
  component::FeatureSet features;
#define COMPONENT_FEATURE(Name, option, on) features.Set(component::Feature::k##Name, true);
#include "libcomponent/features.def"
#undef COMPONENT_FEATURE
  return features;
}

void Check(const trenail::Engine& engine, const ModuleSource& module,
           const std::vector<ModuleSource>& adapters) {
  const auto made = component::encode::NewComponent(engine, module, adapters);
  if (!made) {
    FUZZ_CHECK(!made.error().message().empty());
    // What is wrong has been said before anything is encoded.
    FUZZ_CHECK(made.error().message().find("internal error") == std::string::npos);
    return;
  }
  FUZZ_CHECK(
      trenail::Component::Parse(engine, component::binary::EncodeComponent(**made), AllFeatures())
          .has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto main = *trenail::ParseText(R"((module
    (import "old" "print" (func (param i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (result i32) (i32.const 0))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 0))))");
  const trenail::Engine engine(trenail::MakeInterpreter());
  Check(engine, {"x", {data, size}}, {});
  Check(engine, {"main", main}, {{"old", {data, size}}});
  return 0;
}
