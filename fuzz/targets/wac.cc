// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Any text as a WAC document, with two components that it may name: an error with a place in the
// text, or a component that is valid when it is read back. Beside the input itself, documents whose
// statements mostly mean something are made from it.

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "fuzz/targets/target.h"
#include "interp/interp.h"
#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/compose/wac.h"
#include "libcomponent/libcomponent.h"
#include "libcomponent/text/parse_component.h"
#include "libcomponent/validate/component_validator.h"

namespace {

using component::ValidatedComponent;

const trenail::Engine& TheEngine() {
  static const trenail::Engine engine(trenail::MakeInterpreter());
  return engine;
}

std::shared_ptr<const ValidatedComponent> Make(std::string_view text) {
  auto parsed = component::text::ParseComponentText(text);
  FUZZ_CHECK(parsed.has_value());
  auto valid = component::Validate(TheEngine(), parsed->component);
  FUZZ_CHECK(valid.has_value());
  return *std::move(valid);
}

wasm::Result<component::compose::wac::Package> Find(const component::wit::PackageName& name) {
  // Makes a resource, or passes one on.
  static const auto one = Make(R"((component
    (component $shim (import "r" (type $r (sub resource))) (export "r" (type $r)))
    (type $r (resource (rep i32)))
    (instance $out (instantiate $shim (with "r" (type $r))))
    (export "t:p/a@1.2.0" (instance $out))))");
  static const auto user = Make(R"((component
    (import "t:p/a@1.0.0" (instance $a (export "r" (type (sub resource)))))
    (alias export $a "r" (type $r))
    (import "f" (func (param "r" (own $r))))
    (export "t:p/out" (instance $a))))");
  using component::compose::wac::Package;
  if (name.ToString() == "t:one") return Package{.component = one, .wit = nullptr};
  if (name.ToString() == "t:user") return Package{.component = user, .wit = nullptr};
  return std::unexpected(wasm::Error(wasm::ErrorKind::kHost, "there is no such package"));
}

void Check(std::string text) {
  const auto composed =
      component::compose::wac::Compose(TheEngine(), {.name = "x", .text = std::move(text)}, Find);
  if (!composed) {
    FUZZ_CHECK(!composed.error().message.empty());
    return;
  }
  const auto read =
      trenail::Component::Parse(TheEngine(), component::binary::EncodeComponent(**composed));
  FUZZ_CHECK(read.has_value());
}

class Generator {
 public:
  explicit Generator(std::span<const uint8_t> data) : data_(data) {}

  std::string Document() {
    std::string out = "package a:b;\n";
    for (uint32_t n = 1 + Below(8); n > 0; --n) out += Statement();
    return out;
  }

 private:
  uint32_t Below(uint32_t bound) {
    if (at_ >= data_.size()) return 0;
    return data_[at_++] % bound;
  }
  std::string New() { return "n" + std::to_string(names_++); }
  std::string Name() { return "n" + std::to_string(Below(names_ + 1)); }

  std::string Type() {
    constexpr const char* kTypes[] = {"u8",        "string",    "list<u8>", "r",
                                      "borrow<r>", "option<p>", "p",        "tuple<p, u8>"};
    return kTypes[Below(8)];
  }
  std::string Items() {
    std::string out = " { resource r; record p { x: u8 } ";
    for (uint32_t n = Below(3); n > 0; --n)
      out += "f" + std::to_string(n) + ": func(a: " + Type() + ") -> " + Type() + "; ";
    return out + "}\n";
  }
  std::string Expr() {
    switch (Below(6)) {
      case 0:
        return "new t:one {}";
      case 1:
        return "new t:user { a: " + Expr() + ", ... }";
      case 2:
        return "new t:user { ..." + Name() + ", ... }";
      case 3:
        return "new t:user { ... }";
      case 4:
        return Expr() + (Below(2) == 0 ? ".a" : ".out");
      default:
        return Name();
    }
  }
  std::string Statement() {
    switch (Below(6)) {
      case 0:
        return "interface " + New() + Items();
      case 1:
        return "import " + New() + ": interface" + Items();
      case 2: {
        const std::string path = Name();
        return "import " + New() + ": " + path + ";\n";
      }
      case 3: {
        const std::string expr = Expr();
        return "let " + New() + " = " + expr + ";\n";
      }
      case 4:
        return "export " + Expr() + "...;\n";
      default:
        return "export " + Expr() + " as e" + std::to_string(names_++) + ";\n";
    }
  }

  std::span<const uint8_t> data_;
  size_t at_ = 0;
  uint32_t names_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Check(std::string(reinterpret_cast<const char*>(data), size));
  Check(Generator(std::span(data, size)).Document());
  return 0;
}
