// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types of WebAssembly [syntax-type]. A ValType is one 32-bit word, compared as such.
//
// A concrete heap type holds a number whose meaning depends on where it stands: in a decoded Module
// (syntax) it is an index into the module's type section; in a TypeStore and everywhere at run time
// it is the canonical TypeId of the engine (types/type_store.h). validate::Canonicalize… turns the
// first into the second; nothing compares one with the other.

#ifndef TRENAIL_LIBWASM_TYPES_TYPES_H_
#define TRENAIL_LIBWASM_TYPES_TYPES_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "libwasm/support/index.h"

namespace wasm {

// [syntax-heaptype] Abstract heap types carry their code of the binary format.
class HeapType {
 public:
  enum Abstract : uint8_t {
    kBot = 0x00,  // below every heap type; only inside validation
    kExn = 0x69,
    kArray = 0x6a,
    kStruct = 0x6b,
    kI31 = 0x6c,
    kEq = 0x6d,
    kAny = 0x6e,
    kExtern = 0x6f,
    kFunc = 0x70,
    kNone = 0x71,
    kNoExtern = 0x72,
    kNoFunc = 0x73,
    kNoExn = 0x74,
  };
  static constexpr uint32_t kMaxConcrete = (1u << 23) - 1;

  constexpr HeapType() = default;
  constexpr HeapType(Abstract abstract) : bits_(abstract) {}  // NOLINT: implicit on purpose
  static constexpr HeapType Concrete(uint32_t type) { return HeapType(kConcreteBit | type, 0); }
  static constexpr HeapType FromBits(uint32_t bits) { return HeapType(bits, 0); }

  constexpr bool is_concrete() const { return (bits_ & kConcreteBit) != 0; }
  constexpr Abstract abstract() const { return static_cast<Abstract>(bits_); }
  // The type index (syntax) or TypeId (canonical).
  constexpr uint32_t concrete() const { return bits_ & ~kConcreteBit; }
  constexpr uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(HeapType, HeapType) = default;

 private:
  static constexpr uint32_t kConcreteBit = 1u << 23;
  constexpr HeapType(uint32_t bits, int) : bits_(bits) {}
  uint32_t bits_ = kBot;
};

// [syntax-valtype], and the packed types of [syntax-storagetype].
class ValType {
 public:
  enum Code : uint8_t {
    kBot = 0x00,  // any type at all; only inside validation
    kI16 = 0x77,  // packed, in fields only
    kI8 = 0x78,
    kV128 = 0x7b,
    kF64 = 0x7c,
    kF32 = 0x7d,
    kI64 = 0x7e,
    kI32 = 0x7f,
    kRefNull = 0x63,
    kRef = 0x64,
  };

  constexpr ValType() = default;
  constexpr ValType(Code code) : bits_(code) {}  // NOLINT: implicit on purpose
  static constexpr ValType Ref(HeapType heap_type, bool nullable) {
    ValType type;
    type.bits_ = (heap_type.bits() << 8) | (nullable ? kRefNull : kRef);
    return type;
  }

  constexpr Code code() const { return static_cast<Code>(bits_ & 0xff); }
  constexpr bool is_ref() const { return code() == kRef || code() == kRefNull; }
  constexpr bool is_nullable() const { return code() == kRefNull; }
  constexpr bool is_num() const { return code() >= kF64 && code() <= kI32; }
  constexpr bool is_vec() const { return code() == kV128; }
  constexpr bool is_packed() const { return code() == kI8 || code() == kI16; }
  constexpr bool is_bot() const { return code() == kBot; }
  // [valid-defaultable]
  constexpr bool is_defaultable() const { return code() != kRef; }
  constexpr HeapType heap_type() const { return HeapType::FromBits(bits_ >> 8); }
  constexpr ValType AsNonNull() const { return Ref(heap_type(), false); }
  constexpr ValType AsNullable() const { return Ref(heap_type(), true); }
  // Eight-byte slots that a value takes on the interpreter's stack and in call arrays.
  constexpr uint32_t slots() const { return code() == kV128 ? 2 : 1; }
  constexpr uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(ValType, ValType) = default;

 private:
  uint32_t bits_ = kBot;
};

inline constexpr ValType kFuncRef = ValType::Ref(HeapType::kFunc, true);
inline constexpr ValType kExternRef = ValType::Ref(HeapType::kExtern, true);
inline constexpr ValType kAnyRef = ValType::Ref(HeapType::kAny, true);
inline constexpr ValType kEqRef = ValType::Ref(HeapType::kEq, true);
inline constexpr ValType kI31Ref = ValType::Ref(HeapType::kI31, true);
inline constexpr ValType kStructRef = ValType::Ref(HeapType::kStruct, true);
inline constexpr ValType kArrayRef = ValType::Ref(HeapType::kArray, true);
inline constexpr ValType kExnRef = ValType::Ref(HeapType::kExn, true);

using ResultType = std::vector<ValType>;  // [syntax-resulttype]

struct FuncType {  // [syntax-functype]
  ResultType params;
  ResultType results;
  friend bool operator==(const FuncType&, const FuncType&) = default;
};

struct FieldType {  // [syntax-fieldtype]; `type` may be packed
  ValType type;
  bool is_mutable = false;
  friend bool operator==(const FieldType&, const FieldType&) = default;
};

// [syntax-comptype]. One struct instead of a variant: the members not named by `kind` are empty.
struct CompType {
  enum class Kind : uint8_t { kFunc, kStruct, kArray };
  Kind kind = Kind::kFunc;
  FuncType func;
  std::vector<FieldType> fields;  // kStruct: all fields; kArray: exactly one
  friend bool operator==(const CompType&, const CompType&) = default;
};

struct SubType {  // [syntax-subtype]
  bool is_final = true;
  std::vector<uint32_t> supertypes;  // type indices (syntax) or TypeIds (canonical); at most one
  CompType comp;
  friend bool operator==(const SubType&, const SubType&) = default;
};

// [syntax-rectype]: a run of consecutive types of the type section.
struct RecGroup {
  uint32_t first = 0;
  uint32_t size = 1;
  bool explicit_group = false;  // written as `rec`, for the printer
};

enum class AddrType : uint8_t { kI32, kI64 };  // [syntax-addrtype]

constexpr ValType AddrValType(AddrType type) {
  return type == AddrType::kI64 ? ValType::kI64 : ValType::kI32;
}

struct Limits {  // [syntax-limits]
  uint64_t min = 0;
  std::optional<uint64_t> max;
  friend bool operator==(const Limits&, const Limits&) = default;
};

inline constexpr uint8_t kDefaultPageSizeLog2 = 16;

struct MemType {  // [syntax-memtype], with threads and custom page sizes; limits in pages
  AddrType addr_type = AddrType::kI32;
  Limits limits;
  bool shared = false;
  uint8_t page_size_log2 = kDefaultPageSizeLog2;
  friend bool operator==(const MemType&, const MemType&) = default;
};

struct TableType {  // [syntax-tabletype]
  AddrType addr_type = AddrType::kI32;
  Limits limits;
  ValType element = kFuncRef;
  friend bool operator==(const TableType&, const TableType&) = default;
};

struct GlobalType {  // [syntax-globaltype]
  ValType type;
  bool is_mutable = false;
  friend bool operator==(const GlobalType&, const GlobalType&) = default;
};

enum class ExternKind : uint8_t { kFunc = 0, kTable = 1, kMemory = 2, kGlobal = 3, kTag = 4 };

}  // namespace wasm

#endif  // TRENAIL_LIBWASM_TYPES_TYPES_H_
