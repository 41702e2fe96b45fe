// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "fuzz/component_generator.h"

#include <array>
#include <string_view>
#include <utility>
#include <vector>

#include "libcomponent/types/subtyping.h"

namespace trenail::fuzz {
namespace {

using component::PtrType;
using component::ValKind;
using component::ValType;

// Where core code keeps things: what a function returns by pointer, and random bytes.
constexpr int kResult = 8;
constexpr int kBytes = 1024;
constexpr int kNumBytes = 1024;

// The text of a type. What may only be used by an exported function under a name [Explainer:
// External Visibility of Types] is defined and gets one: exported by the outermost component,
// imported by those in it.
class Types {
 public:
  std::string Text(const ValType& type) {
    switch (type.kind) {
      case ValKind::kRecord:
        return Named("(record" + Labelled(type, "field") + ")");
      case ValKind::kVariant:
        return Named("(variant" + Labelled(type, "case") + ")");
      case ValKind::kFlags:
        return Named("(flags" + Labelled(type, "") + ")");
      case ValKind::kEnum:
        return Named("(enum" + Labelled(type, "") + ")");
      case ValKind::kTuple:
        return "(tuple" + Elements(type) + ")";
      case ValKind::kOption:
        return "(option " + Text(*type.fields[1].type) + ")";
      case ValKind::kResult: {
        std::string text = "(result";
        if (type.fields[0].type != nullptr) text += " " + Text(*type.fields[0].type);
        if (type.fields[1].type != nullptr) text += " (error " + Text(*type.fields[1].type) + ")";
        return text + ")";
      }
      case ValKind::kList:
        return "(list " + Text(*type.element) + ")";
      case ValKind::kFixedLengthList:
        return "(list " + Text(*type.element) + " " + std::to_string(type.length) + ")";
      case ValKind::kMap:
        return "(map" + Elements(*type.element) + ")";
      default:
        return std::string(component::KindName(type.kind));
    }
  }

  // The definitions of all that have names.
  std::string Definitions(std::string_view name_by) const {
    std::string text;
    for (size_t i = 0; i < named_.size(); ++i) {
      const std::string n = std::to_string(i);
      text += "(type $d" + n + " " + named_[i] + ")\n";
      text += name_by == "export" ? "(export $t" + n + " \"t" + n + "\" (type $d" + n + "))\n"
                                  : "(import \"t" + n + "\" (type $t" + n + " (eq $d" + n + ")))\n";
    }
    return text;
  }
  std::string Arguments() const {
    std::string text;
    for (size_t i = 0; i < named_.size(); ++i) {
      const std::string n = std::to_string(i);
      text += " (with \"t" + n + "\" (type $t" + n + "))";
    }
    return text;
  }

 private:
  std::string Named(std::string definition) {
    named_.push_back(std::move(definition));
    return "$t" + std::to_string(named_.size() - 1);
  }
  std::string Labelled(const ValType& type, std::string_view word) {
    std::string text;
    for (const ValType::Field& field : type.fields) {
      const std::string payload = field.type != nullptr ? " " + Text(*field.type) : "";
      const std::string label = " \"" + field.label + "\"";
      text += word.empty() ? label : " (" + std::string(word) + label + payload + ")";
    }
    return text;
  }
  std::string Elements(const ValType& type) {
    std::string text;
    for (const ValType::Field& field : type.fields) text += " " + Text(*field.type);
    return text;
  }

  std::vector<std::string> named_;
};

std::string_view CoreName(wasm::ValType type) {
  if (type == wasm::ValType::kI64) return "i64";
  if (type == wasm::ValType::kF32) return "f32";
  return type == wasm::ValType::kF64 ? "f64" : "i32";
}

// The core parameters of a value, and a `local.get` of each.
std::pair<std::string, std::string> FlatParams(const ValType& type) {
  const ValType::Layout& layout = type.layout(PtrType::kI32);
  if (layout.flat_count > component::kMaxFlatParams) return {" i32", " (local.get 0)"};
  std::pair<std::string, std::string> text;
  for (size_t i = 0; i < layout.flat.size(); ++i) {
    text.first += " " + std::string(CoreName(layout.flat[i]));
    text.second += " (local.get " + std::to_string(i) + ")";
  }
  return text;
}

// Words that are mostly small, as lengths, pointers and cases are.
std::string RandomBytes(component::abi::ValueGenerator& gen) {
  std::string text;
  const uint32_t rare = 2 + gen.Below(12);
  for (int i = 0; i < kNumBytes; i += 4) {
    const auto word = static_cast<uint32_t>(gen.OneIn(rare) ? gen.Next()
                                            : gen.OneIn(3)  ? kBytes + gen.Below(200)
                                                            : gen.Below(4));
    constexpr char kDigits[] = "0123456789abcdef";
    for (int shift = 0; shift < 32; shift += 8) {
      text += '\\';
      text += kDigits[word >> (shift + 4) & 15];
      text += kDigits[word >> shift & 15];
    }
  }
  return text;
}

// A memory, and an allocator that only goes forward.
std::string CommonCore(component::abi::ValueGenerator& gen) {
  return "(memory (export \"memory\") 4)\n"
         "(data (i32.const " +
         std::to_string(kBytes) + ") \"" + RandomBytes(gen) + R"(")
(global $next (mut i32) (i32.const 4096))
(func (export "realloc") (param $old i32) (param $old_size i32) (param $align i32)
    (param $size i32) (result i32)
  (local $new i32)
  (local.set $new (i32.and
    (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
    (i32.sub (i32.const 0) (local.get $align))))
  (global.set $next (i32.add (local.get $new) (local.get $size)))
  (if (i32.gt_u (global.get $next) (i32.mul (memory.size) (i32.const 65536))) (then unreachable))
  (memory.copy (local.get $new) (local.get $old)
    (select (local.get $old_size) (local.get $size)
      (i32.lt_u (local.get $old_size) (local.get $size))))
  (local.get $new))
)";
}

}  // namespace

std::string GenerateComponent(component::abi::ValueGenerator& gen, const ValType& type,
                              bool damage) {
  Types types;
  const std::string t = types.Text(type);
  const std::string imports = types.Definitions("import");
  const auto scalar_kind = static_cast<ValKind>(gen.Below(12));  // kBool … kChar
  const ValType* const scalar_type = gen.types().Prim(scalar_kind);
  const std::string scalar(component::KindName(scalar_kind));
  const std::string s(CoreName(scalar_type->layout(PtrType::kI32).flat[0]));
  const auto [flat, gets] = FlatParams(type);
  const ValType::Layout& layout = type.layout(PtrType::kI32);
  const bool by_pointer = layout.flat_count > component::kMaxFlatResults;
  const std::string result_core = by_pointer ? "i32" : std::string(CoreName(layout.flat[0]));
  const std::string result = std::to_string(kResult), bytes = std::to_string(kBytes);
  const auto damaged = [&](std::string code, std::string_view core) {
    if (!damage || core[0] == 'f') return code;
    if (gen.OneIn(3)) return code;
    const uint64_t bits =
        gen.OneIn(8) ? gen.Next() & 0xffff'ffff : gen.Below(gen.OneIn(2) ? 8 : 64);
    const std::string prefix(core);
    return "(" + prefix + ".xor " + code + " (" + prefix + ".const " + std::to_string(bits) + "))";
  };
  const auto options = [&] {
    constexpr std::array kEncodings = {"utf8", "utf16", "latin1+utf16"};
    return std::string("string-encoding=") + kEncodings[gen.Below(3)] +
           " (memory $memory) (realloc $realloc)";
  };
  const std::string aliases = R"((alias core export $i "memory" (core memory $memory))
(alias core export $i "realloc" (core func $realloc))
)";
  const std::vector<std::pair<std::string, std::string>> functions = {
      std::pair<std::string, std::string>{
          "echo", "(param \"x\" (list " + t + ")) (result (list " + t + "))"},
      {"scalar", "(param \"x\" " + scalar + ") (result " + scalar + ")"},
      {"take", "(param \"x\" " + t + ")"},
      {"give", "(result " + t + ")"},
      {"raw", "(result (list " + t + "))"},
  };
  const auto lifts = [&](const std::string& with) {
    std::string text;
    for (const auto& [name, signature] : functions) {
      text += "(func (export \"" + name + "\") " + signature + " (canon lift (core func $i \"" +
              name + "\") " + with + "))\n";
    }
    return text;
  };

  std::string text = "(component\n" + types.Definitions("export") + "(component $callee\n" +
                     imports + "(core module $m\n" + CommonCore(gen);
  text += "(func (export \"echo\") (param i32 i32) (result i32)\n  (i32.store (i32.const " +
          result + ") " + damaged("(local.get 0)", "i32") + ")\n  (i32.store offset=4 (i32.const " +
          result + ") " + damaged("(local.get 1)", "i32") + ")\n  (i32.const " + result + "))\n";
  text += "(func (export \"scalar\") (param " + s + ") (result " + s + ") " +
          damaged("(local.get 0)", s) + ")\n";
  text += "(func (export \"take\") (param" + flat + "))\n";
  text += "(func (export \"give\") (result " + result_core + ") " +
          (by_pointer ? "(i32.const " + bytes + ")"
                      : "(" + result_core + ".load (i32.const " + bytes + "))") +
          ")\n";
  text += "(func (export \"raw\") (result i32) (i32.const " + bytes + "))\n)\n";
  text += "(core instance $i (instantiate $m))\n" + aliases + lifts(options()) + ")\n";

  text += "(component $caller\n" + imports;
  for (const auto& [name, signature] : functions)
    text += "(import \"" + name + "\" (func $" + name + " " + signature + "))\n";
  text += "(core module $shared\n" + CommonCore(gen) +
          ")\n(core instance $i0 (instantiate $shared))\n" +
          "(alias core export $i0 \"memory\" (core memory $memory))\n"
          "(alias core export $i0 \"realloc\" (core func $realloc))\n";
  const std::string with = options();
  for (const auto& [name, signature] : functions)
    text += "(core func $" + name + "' (canon lower (func $" + name + ") " + with + "))\n";
  text +=
      "(core module $m\n(import \"\" \"echo\" (func $echo (param i32 i32 i32)))\n"
      "(import \"\" \"scalar\" (func $scalar (param " +
      s + ") (result " + s + ")))\n(import \"\" \"take\" (func $take (param" + flat +
      ")))\n(import \"\" \"give\" (func $give " +
      (by_pointer ? "(param i32)" : "(result " + result_core + ")") + "))\n" +
      "(import \"\" \"raw\" (func $raw (param i32)))\n";
  text +=
      "(func (export \"echo\") (param i32 i32) (result i32) (call $echo (local.get 0) "
      "(local.get 1) (i32.const " +
      result + ")) (i32.const " + result + "))\n";
  text += "(func (export \"scalar\") (param " + s + ") (result " + s +
          ") (call $scalar (local.get 0)))\n";
  text += "(func (export \"take\") (param" + flat + ") (call $take" + gets + "))\n";
  text += "(func (export \"give\") (result " + result_core + ") " +
          (by_pointer ? "(call $give (i32.const " + bytes + ")) (i32.const " + bytes + ")"
                      : "(call $give)") +
          ")\n";
  // What comes back is as damaged as what goes.
  text += "(func (export \"raw\") (result i32) (call $echo (i32.const " + bytes + ") (i32.const " +
          std::to_string(gen.Below(8)) + ") (i32.const " + result + ")) (i32.const " + result +
          "))\n)\n(core instance $i (instantiate $m (with \"\" (instance";
  for (const auto& [name, signature] : functions)
    text += " (export \"" + name + "\" (func $" + name + "'))";
  text += "))))\n" + lifts(with) + ")\n";

  text += "(instance $callee (instantiate $callee" + types.Arguments() + "))\n";
  text += "(instance $caller (instantiate $caller" + types.Arguments();
  for (const auto& [name, signature] : functions)
    text += " (with \"" + name + "\" (func $callee \"" + name + "\"))";
  text += "))\n";
  for (const auto& [name, signature] : functions)
    text += "(export \"" + name + "\" (func $caller \"" + name + "\"))\n";
  return text + ")\n";
}

}  // namespace trenail::fuzz
