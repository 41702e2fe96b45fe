// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/runner/component_host.h"

#include <string>
#include <utility>

namespace trenail::spec {
namespace {

using Args = std::vector<ComponentValue>;

ComponentHostFunc Constant(uint32_t value) {
  return [value](ComponentCall&, Args) -> Result<ComponentValue> {
    return ComponentValue::U32(value);
  };
}

// Fails the script where the host's own assertion fails.
Result<ComponentValue> Check(bool holds, const char* what) {
  if (holds) return ComponentValue();
  return std::unexpected(
      Error(ErrorKind::kHost, std::string("the host's assertion failed: ") + what));
}

// (module (global (export "g") i32 (i32.const 100)) (func (export "f") (result i32) i32.const 101))
constexpr uint8_t kSimpleModule[] = {
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00,                    // preamble
    0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f,                          // type
    0x03, 0x02, 0x01, 0x00,                                            // function
    0x06, 0x07, 0x01, 0x7f, 0x00, 0x41, 0xe4, 0x00, 0x0b,              // global
    0x07, 0x09, 0x02, 0x01, 0x67, 0x03, 0x00, 0x01, 0x66, 0x00, 0x00,  // export
    0x0a, 0x07, 0x01, 0x05, 0x00, 0x41, 0xe5, 0x00, 0x0b,              // code
};

}  // namespace

Result<void> ComponentHost::Define(const Engine& engine, ComponentLinker& linker) {
  linker.Root().Func("host-echo-u32", [](ComponentCall&, Args args) -> Result<ComponentValue> {
    return std::move(args[0]);
  });
  linker.Root().Func("host-return-two", Constant(2));
  ComponentLinkerInstance host = linker.Instance("host");
  host.Func("return-three", Constant(3));
  host.Instance("nested").Func("return-four", Constant(4));
  host.Module("simple-module", TRY(Module::Parse(engine, kSimpleModule)));
  host.Func("return-hi", [](ComponentCall&, Args) -> Result<ComponentValue> {
    return ComponentValue::String("hi");
  });
  const auto never = [this](ComponentAsyncCall call) -> Result<void> {
    never_.push_back(std::move(call));
    return {};
  };
  host.AsyncFunc("never-return", never);
  host.AsyncFunc("[method]resource1.never-return", never);
  host.AsyncFunc("return-two-slowly", [this](ComponentAsyncCall call) -> Result<void> {
    slow_.push_back({std::move(call), ComponentValue::S32(2)});
    return {};
  });
  host.AsyncFunc("echo-slowly", [this](ComponentAsyncCall call) -> Result<void> {
    ComponentValue value = call.args()[0];
    slow_.push_back({std::move(call), std::move(value)});
    return {};
  });
  DefineResources(host);
  return {};
}

void ComponentHost::DefineResources(ComponentLinkerInstance& host) {
  const auto resource1 = ComponentResource::Host("resource1", [this](uint32_t rep) -> Result<void> {
    ++drops_;
    last_drop_ = rep;
    return {};
  });
  host.Resource("resource1", resource1);
  host.Resource("resource1-again", resource1);
  host.Resource("resource2", ComponentResource::Host("resource2"));
  host.Func("[constructor]resource1",
            [resource1](ComponentCall&, Args args) -> Result<ComponentValue> {
              return resource1.New(args[0].u32());
            });
  host.Func("[static]resource1.assert",
            [resource1](ComponentCall&, Args args) -> Result<ComponentValue> {
              return Check(TRY(resource1.Rep(args[0])) == args[1].u32(), "another representation");
            });
  host.Func("[static]resource1.last-drop", [this](ComponentCall&, Args) -> Result<ComponentValue> {
    return ComponentValue::U32(last_drop_);
  });
  host.Func("[static]resource1.drops", [this](ComponentCall&, Args) -> Result<ComponentValue> {
    return ComponentValue::U32(drops_);
  });
  host.Func("[method]resource1.simple",
            [resource1](ComponentCall&, Args args) -> Result<ComponentValue> {
              return Check(TRY(resource1.Rep(args[0])) == args[1].u32(), "another representation");
            });
  const auto two = [resource1](ComponentCall&, Args args) -> Result<ComponentValue> {
    TRY(resource1.Rep(args[0]));
    TRY(resource1.Rep(args[1]));
    return ComponentValue();
  };
  host.Func("[method]resource1.take-borrow", two);
  host.Func("[method]resource1.take-own", two);
}

Result<bool> ComponentHost::LetSlowOnesReturn() {
  bool some = false;
  for (SlowCall& slow : std::exchange(slow_, {})) {
    if (!slow.call.pending()) continue;
    some = true;
    TRY_VOID(slow.call.Return(std::move(slow.result)));
  }
  return some;
}

void ComponentHost::ForgetCalls() {
  slow_.clear();
  never_.clear();
}

}  // namespace trenail::spec
