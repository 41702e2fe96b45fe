// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// What the imports and exports of a core module stand for in its world, by their names
// [buildtargets:name-mangling]: those that begin with `cm32p2`, and the older ones of wit-bindgen
// and wasi-libc. Core types are checked here.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_CLASSIFY_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_CLASSIFY_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "libcomponent/encode/signature.h"
#include "libcomponent/encode/target.h"
#include "libcomponent/syntax/component.h"
#include "libwasm/module/module.h"
#include "libwasm/support/error.h"

namespace component::encode {

struct CoreImport {
  enum class Kind : uint8_t {
    kFunction,    // of the world, lowered
    kBuiltin,     // any canonical built-in
    kAdapter,     // an export of an adapter
    kMemory,      // of the main module
    kMainExport,  // whatever else the main module exports
    kTlsBase,     // __wasm_{get,set}_tls_base of LLVM
  };
  Kind kind = Kind::kBuiltin;
  std::string module;  // as in the module
  std::string name;
  wasm::ExternKind extern_kind = wasm::ExternKind::kFunc;
  wasm::FuncType type;   // of a function
  wasm::MemType memory;  // of a memory

  // kFunction: which one; built-ins with types: in whose type they stand.
  bool of_export = false;
  std::optional<size_t> item;  // among the imports or exports of the world
  std::string function;
  Abi abi = Abi::kImport;

  // kBuiltin
  CanonKind canon = CanonKind::kLower;
  std::optional<wit::TypeId> resource;  // resource.*
  std::optional<wit::TypeId> payload;   // stream.*, future.*; none: one without an element
  bool is_async = false;                // or with an async lowering
  bool cancellable = false;
  uint32_t slot = 0;
  std::optional<wit::StringEncoding> encoding;  // error-context.*

  size_t adapter = 0;   // kAdapter: its place among the modules
  bool is_set = false;  // kTlsBase
};

struct CoreExports {
  struct Function {
    std::string core_name;
    Abi abi = Abi::kExport;
    std::string post_return;  // empty: none
    std::string callback;
  };
  // By the place of the item among the world's exports, and the function's name.
  std::map<std::pair<size_t, std::string>, Function> functions;
  std::map<uint32_t, std::string> destructors;  // by resource
  std::map<std::string, wasm::FuncType> types;  // of all exported functions
  // Empty: none.
  std::string memory;
  std::optional<wasm::MemType> memory_type;
  std::string realloc;
  std::string import_realloc;
  std::string export_realloc;
  std::string adapter_realloc;
  std::string initialize;
  std::string indirect_table;  // of functions
  std::string task_hook;

  const std::string& ReallocForImports() const {
    return import_realloc.empty() ? realloc : import_realloc;
  }
  const std::string& ReallocForExports() const {
    return export_realloc.empty() ? realloc : export_realloc;
  }
  const std::string& ReallocForAdapters() const {
    return adapter_realloc.empty() ? realloc : adapter_realloc;
  }
};

struct ClassifiedModule {
  std::vector<CoreImport> imports;
  CoreExports exports;
  // What is defined before the module is instantiated if it imports its memory.
  std::optional<wasm::MemType> imported_memory;

  // That of values, if it is the main module.
  const std::optional<wasm::MemType>& memory_type() const {
    return imported_memory ? imported_memory : exports.memory_type;
  }
};

struct ClassifyContext {
  const Target& target;
  // The module's place among all: 0 is the main module, the others are adapters.
  size_t self = 0;
  const std::vector<std::string>& module_names;
  // How messages speak of it.
  std::string what;
};

// `originals` has the names that imports had before duplicates got names of their own, by the place
// of the import. Errors: kInvalid, naming the import or export.
wasm::Result<ClassifiedModule> Classify(const ClassifyContext& context, const wasm::Module& module,
                                        const std::map<size_t, std::string>& originals = {});

// What an adapter has to export for another module: name and type.
std::map<std::string, wasm::FuncType> RequiredFrom(size_t adapter,
                                                   const ClassifiedModule& importer);

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_CLASSIFY_H_
