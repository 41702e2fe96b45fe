// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/keywords.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "libwasm/text/lexer.h"

namespace wasm::text {
namespace {

// Opcodes sorted by text, then by number.
constexpr auto kByText = [] {
  std::array<uint16_t, kNumOpcodes> order{};
  for (size_t i = 0; i < order.size(); ++i) order[i] = static_cast<uint16_t>(i);
  std::sort(order.begin(), order.end(), [](uint16_t a, uint16_t b) {
    const int c = kOpcodeInfo[a].text.compare(kOpcodeInfo[b].text);
    return c != 0 ? c < 0 : a < b;
  });
  return order;
}();

struct HeapTypeWord {
  std::string_view text;
  HeapType::Abstract type;
  std::string_view reference;  // for `(ref null type)`
};
constexpr HeapTypeWord kHeapTypes[] = {
    {"any", HeapType::kAny, "anyref"},          {"eq", HeapType::kEq, "eqref"},
    {"i31", HeapType::kI31, "i31ref"},          {"struct", HeapType::kStruct, "structref"},
    {"array", HeapType::kArray, "arrayref"},    {"none", HeapType::kNone, "nullref"},
    {"func", HeapType::kFunc, "funcref"},       {"nofunc", HeapType::kNoFunc, "nullfuncref"},
    {"exn", HeapType::kExn, "exnref"},          {"noexn", HeapType::kNoExn, "nullexnref"},
    {"extern", HeapType::kExtern, "externref"}, {"noextern", HeapType::kNoExtern, "nullexternref"},
};

struct TypeWord {
  std::string_view text;
  ValType::Code type;
};
constexpr TypeWord kTypes[] = {
    {"i32", ValType::kI32}, {"i64", ValType::kI64},   {"f32", ValType::kF32},
    {"f64", ValType::kF64}, {"v128", ValType::kV128}, {"i8", ValType::kI8},
    {"i16", ValType::kI16},
};

constexpr std::string_view kOtherWords[] = {
    "after",
    "assert_exception",
    "assert_exhaustion",
    "assert_invalid",
    "assert_invalid_custom",
    "assert_malformed",
    "assert_malformed_custom",
    "assert_return",
    "assert_trap",
    "assert_unlinkable",
    "before",
    "binary",
    "catch_all_ref",
    "catch_ref",
    "data",
    "declare",
    "definition",
    "do",
    "either",
    "elem",
    "export",
    "f32x4",
    "f64x2",
    "field",
    "final",
    "first",
    "get",
    "global",
    "i16x8",
    "i32x4",
    "i64x2",
    "i8x16",
    "import",
    "instance",
    "invoke",
    "item",
    "last",
    "local",
    "memory",
    "module",
    "mut",
    "nan:arithmetic",
    "nan:canonical",
    "null",
    "offset",
    "pagesize",
    "param",
    "quote",
    "rec",
    "ref",
    "ref.any",
    "ref.array",
    "ref.eq",
    "ref.exn",
    "ref.extern",
    "ref.host",
    "ref.i31",
    "ref.struct",
    "register",
    "result",
    "shared",
    "start",
    "sub",
    "table",
    "tag",
    "then",
    "thread",
    "type",
    "wait",
};
static_assert(std::is_sorted(std::begin(kOtherWords), std::end(kOtherWords)));

}  // namespace

std::optional<Opcode> FindInstruction(std::string_view text) {
  const auto found =
      std::lower_bound(kByText.begin(), kByText.end(), text,
                       [](uint16_t op, std::string_view t) { return kOpcodeInfo[op].text < t; });
  if (found == kByText.end() || kOpcodeInfo[*found].text != text) return std::nullopt;
  return static_cast<Opcode>(*found);
}

std::optional<HeapType> FindAbstractHeapType(std::string_view text) {
  for (const HeapTypeWord& word : kHeapTypes)
    if (word.text == text) return HeapType(word.type);
  return std::nullopt;
}

std::optional<ValType> FindSimpleType(std::string_view text) {
  for (const TypeWord& word : kTypes)
    if (word.text == text) return ValType(word.type);
  for (const HeapTypeWord& word : kHeapTypes)
    if (word.reference == text) return ValType::Ref(word.type, true);
  return std::nullopt;
}

bool IsKnownKeyword(std::string_view text) {
  if (text.starts_with("offset=")) return IsNat(text.substr(7));
  if (text.starts_with("align=")) return IsNat(text.substr(6));
  return FindInstruction(text) || FindAbstractHeapType(text) || FindSimpleType(text) ||
         std::binary_search(std::begin(kOtherWords), std::end(kOtherWords), text);
}

}  // namespace wasm::text
