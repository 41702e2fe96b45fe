// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The abstract syntax of a component [Explainer: Component Definitions]: what the decoder makes of
// bytes and the text parser of text, what the encoder and the printer write, and what the validator
// judges. It is plain data in the order of the file. Nothing is resolved: types are named by the
// indices of the index spaces that the definitions build up one by one.

#ifndef TRENAIL_LIBCOMPONENT_SYNTAX_COMPONENT_H_
#define TRENAIL_LIBCOMPONENT_SYNTAX_COMPONENT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "libwasm/types/types.h"

namespace component {

// [Binary: sort, core:sort]. Each has an index space of its own.
enum class Sort : uint8_t {
  kCoreFunc,
  kCoreTable,
  kCoreMemory,
  kCoreGlobal,
  kCoreTag,
  kCoreType,
  kCoreModule,
  kCoreInstance,
  kFunc,
  kValue,
  kType,
  kComponent,
  kInstance,
};
inline constexpr int kNumSorts = 13;
constexpr bool IsCore(Sort sort) { return sort <= Sort::kCoreInstance; }

struct SortIdx {  // [Binary: sortidx]
  Sort sort = Sort::kFunc;
  uint32_t index = 0;
};

// ---- names -------------------------------------------------------------------------------------

// [Binary: nameattributes]. The name as written: plain, annotated ("[method]r.m") or of an
// interface.
struct ExternName {
  std::string name;
  std::optional<std::string> implements;      // an interface name
  std::optional<std::string> version_suffix;  // behind a canonical version
  std::optional<std::string> external_id;
};

// ---- core types --------------------------------------------------------------------------------

// [Binary: core:externtype]. Type indices are those of the enclosing core type index space.
struct CoreExternType {
  wasm::ExternKind kind = wasm::ExternKind::kFunc;
  uint32_t type = 0;  // kFunc, kTag
  wasm::TableType table;
  wasm::MemType memory;
  wasm::GlobalType global;
};

// [Binary: core:rectype]. Concrete heap types and supertypes are indices of the core type space.
struct CoreRecType {
  std::vector<wasm::SubType> types;
  bool explicit_group = false;
};

struct CoreType;
// [Binary: core:moduledecl]
struct CoreModuleDecl {
  enum class Kind : uint8_t { kImport, kType, kAlias, kExport };
  Kind kind = Kind::kImport;
  uint64_t offset = 0;
  std::string module;  // kImport
  std::string name;    // kImport, kExport
  CoreExternType type;
  std::shared_ptr<const CoreType> core_type;  // kType
  uint32_t outer_count = 0;                   // kAlias: an outer core type
  uint32_t outer_index = 0;
};
struct CoreModuleType {
  std::vector<CoreModuleDecl> decls;
};
struct CoreType {  // [Binary: core:type]
  std::variant<CoreRecType, CoreModuleType> type;
};

// ---- types -------------------------------------------------------------------------------------

enum class PrimType : uint8_t {  // [Binary: primvaltype]; the codes of the binary format
  kBool = 0x7f,
  kS8 = 0x7e,
  kU8 = 0x7d,
  kS16 = 0x7c,
  kU16 = 0x7b,
  kS32 = 0x7a,
  kU32 = 0x79,
  kS64 = 0x78,
  kU64 = 0x77,
  kF32 = 0x76,
  kF64 = 0x75,
  kChar = 0x74,
  kString = 0x73,
  kErrorContext = 0x64,
};

// [Binary: valtype]: a primitive type or the index of a type.
struct ValTypeUse {
  bool is_index = false;
  PrimType prim = PrimType::kBool;
  uint32_t index = 0;
  static ValTypeUse Prim(PrimType prim) { return {.is_index = false, .prim = prim, .index = 0}; }
  static ValTypeUse Index(uint32_t index) {
    return {.is_index = true, .prim = PrimType::kBool, .index = index};
  }
};

struct LabelValType {  // a field or a parameter
  std::string label;
  ValTypeUse type;
};
struct CaseSyntax {
  std::string label;
  std::optional<ValTypeUse> type;
};

struct DefValType {  // [Binary: defvaltype]
  enum class Kind : uint8_t {
    kPrim,
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
  Kind kind = Kind::kPrim;
  PrimType prim = PrimType::kBool;   // kPrim
  std::vector<LabelValType> fields;  // kRecord
  std::vector<CaseSyntax> cases;     // kVariant
  std::vector<ValTypeUse>
      elements;                     // kTuple: all; kList, kFixedLengthList, kOption: one; kMap: two
  std::vector<std::string> labels;  // kFlags, kEnum
  std::optional<ValTypeUse> ok;     // kResult; the element of kStream, kFuture
  std::optional<ValTypeUse> error;  // kResult
  uint32_t length = 0;              // kFixedLengthList
  uint32_t resource = 0;            // kOwn, kBorrow: a type index
};

struct FuncTypeSyntax {  // [Binary: functype]
  bool is_async = false;
  std::vector<LabelValType> params;
  std::optional<ValTypeUse> result;
};

struct ResourceTypeSyntax {  // [Binary: resourcetype]
  wasm::ValType rep = wasm::ValType::kI32;
  std::optional<uint32_t> dtor;  // a core function
};

// [Binary: externtype]
struct ExternDesc {
  enum class Bound : uint8_t { kEq, kSubResource };
  Sort sort = Sort::kFunc;   // kCoreModule, kFunc, kValue, kType, kComponent or kInstance
  uint32_t index = 0;        // of the type; kType: of the equal type; kValue: of the equal value
  Bound bound = Bound::kEq;  // kType
  std::optional<ValTypeUse> value_type;  // kValue with a type instead of an equal value
};

struct Alias {  // [Binary: alias]
  enum class Kind : uint8_t { kExport, kCoreExport, kOuter };
  Kind kind = Kind::kExport;
  Sort sort = Sort::kFunc;
  uint32_t instance = 0;  // kExport, kCoreExport
  std::string name;
  uint32_t outer_count = 0;  // kOuter
  uint32_t outer_index = 0;
};

struct TypeDef;
struct ImportDecl {
  ExternName name;
  ExternDesc type;
};
struct ExportDecl {
  ExternName name;
  ExternDesc type;
};
// [Binary: componentdecl, instancedecl]; imports in component types only.
struct Declarator {
  uint64_t offset = 0;
  std::variant<CoreType, std::shared_ptr<const TypeDef>, Alias, ImportDecl, ExportDecl> decl;
};
struct ComponentTypeSyntax {
  std::vector<Declarator> decls;
};
struct InstanceTypeSyntax {
  std::vector<Declarator> decls;
};
struct TypeDef {  // [Binary: type]
  std::variant<DefValType, FuncTypeSyntax, ComponentTypeSyntax, InstanceTypeSyntax,
               ResourceTypeSyntax>
      type;
};

// ---- definitions -------------------------------------------------------------------------------

struct CustomSection {
  std::string name;
  std::vector<uint8_t> payload;
};

// A nested core module: its bytes are those of a whole module file.
struct CoreModuleDef {
  // A part of the component's bytes, kept alive by `owner`.
  std::span<const uint8_t> bytes;
  std::shared_ptr<const void> owner;
};

struct CoreInlineExport {
  std::string name;
  SortIdx item;
};
struct CoreInstantiateArg {
  std::string name;
  uint32_t instance = 0;  // a core instance
};
struct CoreInstanceDef {  // [Binary: core:instance]
  bool instantiate = false;
  uint32_t module = 0;
  std::vector<CoreInstantiateArg> args;
  std::vector<CoreInlineExport> exports;  // !instantiate
};

struct InlineExport {
  ExternName name;
  SortIdx item;
};
struct InstantiateArg {
  std::string name;
  SortIdx item;
};
struct InstanceDef {  // [Binary: instance]
  bool instantiate = false;
  uint32_t component = 0;
  std::vector<InstantiateArg> args;
  std::vector<InlineExport> exports;  // !instantiate
};

// [Binary: canonopt]; the codes of the binary format.
struct CanonOpt {
  enum class Kind : uint8_t {
    kUtf8 = 0,
    kUtf16 = 1,
    kLatin1Utf16 = 2,
    kMemory = 3,
    kRealloc = 4,
    kPostReturn = 5,
    kAsync = 6,
    kCallback = 7,
  };
  Kind kind = Kind::kUtf8;
  uint32_t index = 0;  // kMemory: a core memory; kRealloc, kPostReturn, kCallback: a core function
};

// The canonical built-ins, with the codes of the binary format [Binary: canon].
enum class CanonKind : uint8_t {
#define CANON(Name, code, text) k##Name = code,
#include "libcomponent/syntax/canon.def"
#undef CANON
};

struct Canon {
  CanonKind kind = CanonKind::kLift;
  uint32_t func = 0;  // lift: a core function; lower: a function
  // lift: the function type; resource.*: the resource; stream.*, future.*: the type;
  // thread.new-indirect, spawn-*: a core type.
  uint32_t type = 0;
  std::vector<CanonOpt> options;     // in the order written
  std::optional<ValTypeUse> result;  // task.return
  bool is_async = false;             // subtask.cancel, *.cancel-read, *.cancel-write
  bool cancellable = false;          // waitable-set.wait and poll, thread.*
  bool shared = false;               // thread.spawn-*, available-parallelism
  uint32_t memory = 0;               // waitable-set.wait and poll
  uint32_t table = 0;                // thread.new-indirect, spawn-indirect
  wasm::ValType core_type;           // context.get and set
  uint32_t slot = 0;
};

struct Start {  // [Binary: start]
  uint32_t func = 0;
  std::vector<uint32_t> args;
  uint32_t results = 0;
};

struct Import {
  ExternName name;
  ExternDesc type;
};
struct Export {
  ExternName name;
  SortIdx item;
  std::optional<ExternDesc> type;
};

// [Binary: value]: the type and the encoded value; decoded when it is validated.
struct ValueDef {
  ValTypeUse type;
  std::vector<uint8_t> bytes;
};

struct Component;
struct Definition {
  uint64_t offset = 0;  // in the outermost component's bytes; of a text: 0
  std::variant<CustomSection, CoreModuleDef, CoreInstanceDef, CoreType,
               std::shared_ptr<const Component>, InstanceDef, Alias, TypeDef, Canon, Start, Import,
               Export, ValueDef>
      def;
};

// Names of the `component-name` section, or identifiers of a text; for messages and the printer.
struct ComponentNames {
  std::string component;
  // By sort, then index, sorted.
  std::vector<std::pair<uint32_t, std::string>> by_sort[kNumSorts];
};

struct Component {
  std::vector<Definition> definitions;
  ComponentNames names;
};

}  // namespace component

#endif  // TRENAIL_LIBCOMPONENT_SYNTAX_COMPONENT_H_
