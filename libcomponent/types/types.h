// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The types of components as validation resolves them: trees without indices, owned by a TypeArena.
// Value types know their layout [cabi:Alignment] [cabi:Element Size] [cabi:Flattening]. Resource
// types are identities; everything else is equal if its structure is (subtyping.h). A type that is
// imported or exported gets a node of its own, because names matter to what may be exported:
// compare with Equal, never by address.
//
// Specialised types keep their kind and hold the fields or cases of what they stand for
// [cabi:Despecialization], so that lifting and lowering need not tell them apart.

#ifndef TRENAIL_LIBCOMPONENT_TYPES_TYPES_H_
#define TRENAIL_LIBCOMPONENT_TYPES_TYPES_H_

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libcomponent/syntax/component.h"
#include "libwasm/libwasm.h"

namespace [[gnu::visibility("default")]] component {

// A resource type, as far as validation knows: imported, defined, or made by an instantiation.
using ResourceId = uint32_t;
inline constexpr ResourceId kNoResource = ~ResourceId{0};

// The width of pointers into a memory; also the index of what depends on it.
enum class PtrType : uint8_t { kI32 = 0, kI64 = 1 };

enum class ValKind : uint8_t {
  kBool,
  kS8,
  kU8,
  kS16,
  kU16,
  kS32,
  kU32,
  kS64,
  kU64,
  kF32,
  kF64,
  kChar,
  kString,
  kErrorContext,
  kRecord,
  kVariant,
  kList,
  kFixedLengthList,
  kTuple,
  kFlags,
  kEnum,
  kOption,
  kResult,
  kOwn,
  kBorrow,
  kStream,
  kFuture,
  kMap,
};

inline constexpr uint32_t kMaxFlatParams = 16;  // [cabi:MAX_FLAT_PARAMS]
inline constexpr uint32_t kMaxFlatAsyncParams = 4;
inline constexpr uint32_t kMaxFlatResults = 1;

// How large a type is when it is written out as a tree; both are bounded (type_arena.h).
struct TypeExtent {
  uint32_t size = 1;   // nodes
  uint32_t depth = 1;  // nodes on the longest path
};

struct ValType {
  struct Field {
    std::string label;
    const ValType* type = nullptr;  // null: a case without payload, a flag
  };
  struct Layout {                 // for one PtrType
    uint32_t alignment = 1;       // [cabi:alignment], bytes
    uint32_t size = 0;            // [cabi:elem_size], bytes
    uint32_t payload_offset = 0;  // variants: behind the discriminant, aligned for the cases
    uint32_t flat_count = 0;      // of flatten_type; counts on where `flat` ends
    // [cabi:flatten_type] if it has at most kMaxFlatParams values, otherwise empty.
    std::vector<wasm::ValType> flat;
    std::vector<uint32_t> offsets;  // records and tuples: of the fields
  };

  ValKind kind = ValKind::kBool;
  // kRecord: fields; kTuple: elements, labelled "0", "1", …; kFlags: labels; kVariant, kEnum:
  // cases; kOption: none, some; kResult: ok, error.
  std::vector<Field> fields;
  // kList, kFixedLengthList; kStream, kFuture (null: none); kMap: the tuple of key and value.
  const ValType* element = nullptr;
  uint32_t length = 0;                // kFixedLengthList
  ResourceId resource = kNoResource;  // kOwn, kBorrow
  uint32_t resource_name = 0;         // the name of the resource that is used; see TypeEntry
  // The node that this one is a new name of, imported or exported; null at the end of the chain,
  // whose length is bounded.
  const ValType* renamed = nullptr;
  uint32_t num_renamed = 0;

  uint32_t discriminant_size = 0;  // variants: 1, 2 or 4 bytes; flags: 1, 2 or 4 bytes in all
  bool contains_borrow = false;    // here or below
  bool contains_resource = false;  // an own or a borrow
  bool contains_pointer = false;   // a string, list or map: its storage is outside of the value
  bool contains_async = false;     // a stream or future
  std::array<Layout, 2> layouts;   // by PtrType
  TypeExtent extent;

  const Layout& layout(PtrType ptr) const { return layouts[static_cast<int>(ptr)]; }
  // Kinds that are lifted and lowered as variants: kVariant, kEnum, kOption, kResult.
  bool is_variant() const {
    return kind == ValKind::kVariant || kind == ValKind::kEnum || kind == ValKind::kOption ||
           kind == ValKind::kResult;
  }
  bool is_record() const { return kind == ValKind::kRecord || kind == ValKind::kTuple; }
  bool is_primitive() const { return kind <= ValKind::kErrorContext; }
};

struct FuncType {
  bool is_async = false;
  std::vector<ValType::Field> params;
  const ValType* result = nullptr;  // null: none

  bool contains_resource = false;
  TypeExtent extent;
};

// A core module's type [Explainer: core:moduletype]. Concrete heap types are canonical type ids.
struct ModuleType {
  std::vector<trenail::ImportType> imports;
  std::vector<trenail::ExportType> exports;

  TypeExtent extent;
};

struct ComponentType;
struct InstanceType;

// What an index of the type index space stands for.
struct TypeEntry {
  enum class Kind : uint8_t { kVal, kFunc, kComponent, kInstance, kResource };
  Kind kind = Kind::kVal;
  const ValType* val = nullptr;
  const FuncType* func = nullptr;
  const ComponentType* component = nullptr;
  const InstanceType* instance = nullptr;
  ResourceId resource = kNoResource;
  // A resource has a name of its own in each import and export that introduces it [Explainer:
  // External Visibility of Types]; 0: none.
  uint32_t resource_name = 0;
};

struct ExternType {         // [Explainer: externtype]
  Sort sort = Sort::kFunc;  // kCoreModule, kFunc, kValue, kType, kComponent or kInstance
  const ModuleType* module = nullptr;
  const FuncType* func = nullptr;
  const ValType* value = nullptr;
  TypeEntry type;  // kType; an abstract resource: kResource with an id of its own
  const ComponentType* component = nullptr;
  const InstanceType* instance = nullptr;
};

struct NamedExtern {
  ExternName name;
  ExternType type;
};

struct InstanceType {
  std::vector<NamedExtern> exports;
  // The resource types that are abstract here: bound by this type, each import or instantiation
  // makes new ones in their place.
  std::vector<ResourceId> resources;

  std::vector<uint32_t> by_name;   // indices of the exports in the order of their names
  bool contains_resource = false;  // bound or not
  TypeExtent extent;

  const NamedExtern* Find(std::string_view name) const;
};

struct ComponentType {
  std::vector<NamedExtern> imports;
  std::vector<NamedExtern> exports;
  std::vector<ResourceId> imported_resources;  // abstract in the imports
  std::vector<ResourceId> defined_resources;   // new at each instantiation, in the exports

  std::vector<uint32_t> imports_by_name;
  std::vector<uint32_t> exports_by_name;
  bool contains_resource = false;  // bound or not
  TypeExtent extent;

  const NamedExtern* FindImport(std::string_view name) const;
  const NamedExtern* FindExport(std::string_view name) const;
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_TYPES_TYPES_H_
