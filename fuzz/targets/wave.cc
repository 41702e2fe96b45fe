// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WAVE: a random value comes back from its text; any text, and any damaged one, is an error with a
// position or a value that comes back.

#include "libcomponent/wave/wave.h"
#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"
#include "libcomponent/abi/random_values_test_util.h"

namespace {
void RoundTrip(std::string_view text, const component::ValType& type) {
  const auto value = component::wave::ParseValue(text, type);
  if (!value) {
    FUZZ_CHECK(value.error().kind() == wasm::ErrorKind::kMalformed);
    FUZZ_CHECK(value.error().position().has_value());
    return;
  }
  const auto again = component::wave::ParseValue(component::wave::Print(*value, type), type);
  FUZZ_CHECK(again.has_value());
  FUZZ_CHECK(*again == *value);
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  trenail::fuzz::Entropy entropy(std::span(data, size));
  component::abi::ValueGenerator gen([&] { return entropy.Next(); });
  const component::ValType* type = gen.Type(4, false);
  RoundTrip({reinterpret_cast<const char*>(data), size}, *type);

  const component::Value value = gen.Of(*type);
  std::string text = component::wave::Print(value, *type);
  const auto parsed = component::wave::ParseValue(text, *type);
  FUZZ_CHECK(parsed.has_value() && *parsed == value);
  constexpr std::string_view kDamage = "()[]{}%,:\"'\\-.0eu \n/_\xff";
  for (uint32_t n = 1 + gen.Below(3); n > 0 && !text.empty(); --n) {
    const size_t at = gen.Below(static_cast<uint32_t>(text.size()));
    const char c = kDamage[gen.Below(static_cast<uint32_t>(kDamage.size()))];
    if (gen.OneIn(3))
      text.erase(at, 1);
    else if (gen.OneIn(2))
      text.insert(at, 1, c);
    else
      text[at] = c;
  }
  RoundTrip(text, *type);

  component::FuncType func;
  func.params = {{"a", type}, {"b", type}};
  const std::string line = "a:b/c@1.0.0.f(" + text + ", " + text + ")";
  const auto call = component::wave::ParseCall(line);
  FUZZ_CHECK(call.has_value() && call->function == "f");
  (void)component::wave::ParseArguments(*call, func);
  const auto any = component::wave::ParseCall({reinterpret_cast<const char*>(data), size});
  if (any) (void)component::wave::ParseArguments(*any, func);
  return 0;
}
