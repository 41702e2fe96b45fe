// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// WIT texts are resolved or refused with a place, and what resolves prints and parses back to the
// same. The bytes are a text, and also choices from which one is made that often resolves.

#include <array>
#include <span>
#include <string>

#include "fuzz/module_generator.h"
#include "fuzz/targets/target.h"
#include "libcomponent/wit/printer.h"
#include "libcomponent/wit/resolver.h"

namespace {

namespace wit = component::wit;
using trenail::fuzz::Entropy;

void RoundTrip(std::string text) {
  for (const bool all_features : {false, true}) {
    wit::ResolveOptions options;
    options.all_features = all_features;
    const auto package = wit::ResolveText("fuzz.wit", text, options);
    if (!package) {
      FUZZ_CHECK(package.error().position.line > 0);
      FUZZ_CHECK(!package.error().Format().empty());
      continue;
    }
    const std::string printed = wit::PrintAll(package->resolve, package->root);
    const auto again = wit::ResolveText("printed.wit", printed, options);
    FUZZ_CHECK(again.has_value());
    FUZZ_CHECK(wit::Equal(package->resolve, again->resolve));
    FUZZ_CHECK(wit::PrintAll(again->resolve, again->root) == printed);
  }
}

// Names mostly mean something: each interface has the type n0 and the resource n1, and paths lead
// to interfaces that are there already. The rest is left to chance, and may be refused.
class Generator {
 public:
  explicit Generator(Entropy& entropy) : entropy_(entropy) {}

  std::string File() {
    std::string out = "package a:b@1.0.0;\n";
    if (entropy_.Below(3) == 0) {
      out += "package c:d@1.0.0 { interface i0 { " + InterfaceItems() + "} }\n";
      other_package_ = true;
    }
    for (uint32_t n = 1 + entropy_.Below(6); n > 0; --n) out += Item();
    return out;
  }

 private:
  static constexpr const char* kBasics = "type n0 = u8; resource n1; ";

  std::string Number(uint32_t bound) { return std::to_string(entropy_.Below(bound)); }
  std::string Name() { return "n" + Number(entropy_.OneIn(40) ? 4 : 2); }
  std::string Resource() { return entropy_.OneIn(40) ? Name() : "n1"; }
  std::string NewType() { return New(entropy_.OneIn(40) ? 'n' : 't'); }
  std::string New(char kind) { return kind + std::to_string(fresh_++); }
  std::string Path() {
    if (other_package_ && (interfaces_ == 0 || entropy_.OneIn(4))) return "c:d/i0@1.0.0";
    return "i" + Number(interfaces_ + (entropy_.OneIn(40) ? 1 : 0));
  }
  std::string Gate() {
    constexpr std::array kGates = {"@since(version = 1.0.0) ", "@unstable(feature = x) ",
                                   "@unstable(feature = x) @deprecated(version = 1.0.0) ",
                                   "/// docs\n"};
    const uint32_t choice = entropy_.Below(20);
    return choice < kGates.size() ? kGates[choice] : "";
  }

  std::string ExternalId() { return entropy_.OneIn(8) ? "@external-id(\"\\u{2603}\") " : ""; }

  std::string Type(int depth = 0) {
    constexpr std::array kPlain = {"u8", "string", "error-context", "f64"};
    const uint32_t choice = entropy_.Below(depth > 4 ? 6 : 16);
    if (choice < kPlain.size()) return kPlain[choice];
    const auto inner = [&] { return Type(depth + 1); };
    switch (choice) {
      case 6:
        return "list<" + inner() + ">";
      case 7:
        return "list<" + inner() + ", 3>";
      case 8:
        return "option<" + inner() + ">";
      case 9:
        return "result<" + inner() + ", " + inner() + ">";
      case 10:
        return "result<_, " + inner() + ">";
      case 11:
        return "tuple<" + inner() + ", " + inner() + ">";
      case 12:
        return "future<" + inner() + ">";
      case 13:
        return "stream";
      case 14:
        return "map<u8, " + inner() + ">";
      case 15:
        return (entropy_.Below(2) == 0 ? "borrow<" : "own<") + Resource() + ">";
      default:
        return Name();
    }
  }

  std::string FuncType() {
    std::string out = entropy_.Below(6) == 0 ? "async func(" : "func(";
    for (uint32_t n = entropy_.Below(3); n > 0; --n) out += New('p') + ": " + Type() + ", ";
    return out + (entropy_.Below(2) == 0 ? ")" : ") -> " + Type());
  }

  std::string TypeItem() {
    switch (entropy_.Below(6)) {
      case 0:
        return "record " + NewType() + " { a: " + Type() + ", b: " + Type() + " }\n";
      case 1:
        return "variant " + NewType() + " { a(" + Type() + "), b }\n";
      case 2:
        return "enum " + NewType() + " { a, b }\n";
      case 3:
        return "resource " + NewType() + ";\n";
      case 4:
        return "resource " + NewType() + " { constructor(); " + Gate() + "m: " + FuncType() +
               "; s: static " + FuncType() + "; }\n";
      default:
        return "type " + NewType() + " = " + Type() + ";\n";
    }
  }

  bool HavePath() const { return interfaces_ > 0 || other_package_; }
  std::string Use() { return "use " + Path() + ".{" + Name() + " as " + NewType() + "};\n"; }

  std::string InterfaceItems() {
    std::string out = kBasics;
    for (uint32_t n = entropy_.Below(5); n > 0; --n) {
      out += Gate();
      if (HavePath() && entropy_.OneIn(4))
        out += Use();
      else if (entropy_.OneIn(3))
        out += ExternalId() + New('f') + ": " + FuncType() + ";\n";
      else
        out += TypeItem();
    }
    return out;
  }

  std::string WorldItem() {
    const std::string side = entropy_.OneIn(2) ? "import " : "export ";
    switch (entropy_.Below(HavePath() ? 7 : 3)) {
      case 0:
        return TypeItem();
      case 1:
        return ExternalId() + side + New('e') + ": interface { " + InterfaceItems() + "}\n";
      case 2:
        return ExternalId() + side + New('e') + ": " + FuncType() + ";\n";
      case 3:
        return Use();
      case 4:
        return ExternalId() + side + New('e') + ": " + Path() + ";\n";
      case 5:
        if (worlds_ > 0) {
          return "include w" + Number(worlds_) + " with { n0 as " + NewType() + ", n1 as " +
                 NewType() + " }\n";
        }
        [[fallthrough]];
      default:
        return side + Path() + ";\n";
    }
  }

  std::string Item() {
    if (!entropy_.OneIn(3)) {
      const std::string items = InterfaceItems();
      return Gate() + "interface i" + std::to_string(interfaces_++) + " { " + items + "}\n";
    }
    std::string out = "world w" + std::to_string(worlds_) + " { " + kBasics;
    for (uint32_t n = entropy_.Below(5); n > 0; --n) out += Gate() + WorldItem();
    ++worlds_;
    return out + "}\n";
  }

  Entropy& entropy_;
  uint32_t fresh_ = 0;
  uint32_t interfaces_ = 0;
  uint32_t worlds_ = 0;
  bool other_package_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  RoundTrip(std::string(reinterpret_cast<const char*>(data), size));
  Entropy entropy(std::span(data, size));
  RoundTrip(Generator(entropy).File());
  return 0;
}
