// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "spec-tests/wit/dummy_module.h"

#include <string>
#include <utility>

#include "libcomponent/encode/core_module.h"
#include "libcomponent/encode/signature.h"

namespace trenail::spec {
namespace {

namespace wit = component::wit;
using component::encode::Abi;
using component::encode::CodeWriter;
using component::encode::CoreModuleWriter;
using wasm::FuncType;
using wasm::ValType;

FuncType TypeOf(size_t params, std::vector<ValType> results) {
  return {.params = wasm::ResultType(params, ValType::kI32), .results = std::move(results)};
}

class Dummy {
 public:
  Dummy(const wit::Resolve& resolve, wit::WorldId world, NameScheme scheme)
      : resolve_(resolve), world_(resolve[world]), standard_(scheme == NameScheme::kStandard) {}

  std::vector<uint8_t> Build() {
    for (const wit::WorldItem& item : world_.imports) ImportItem(item);
    for (const wit::WorldItem& item : world_.exports) ImportForExport(item);
    // Functions come behind all imports.
    for (const wit::WorldItem& item : world_.exports) ExportItem(item);
    Func(standard_ ? "cm32p2_realloc" : "cabi_realloc", TypeOf(4, {ValType::kI32}));
    Func(standard_ ? "cm32p2_initialize" : "_initialize", TypeOf(0, {}));
    out_.Memory({.limits = {.min = 1, .max = {}}});
    out_.Export(standard_ ? "cm32p2_memory" : "memory", wasm::ExternKind::kMemory, 0);
    return out_.Finish();
  }

 private:
  void Import(const std::string& module, const std::string& name, const FuncType& type) {
    out_.ImportFunc(module, name, out_.Type(type));
  }
  void Func(const std::string& name, const FuncType& type) {
    const uint32_t func = out_.Func(out_.Type(type), CodeWriter().Unreachable().Body());
    out_.Export(name, wasm::ExternKind::kFunc, func);
  }

  std::string NameOf(const wit::WorldItem& item) const {
    std::string name = resolve_.NameOf(item);
    const size_t at = name.find('@');
    if (!standard_ || at == std::string::npos) return name;
    return name.substr(0, at + 1) +
           wit::SemVer::Parse(std::string_view(name).substr(at + 1))->CanonVersion();
  }
  std::string ImportModule(const wit::WorldItem* item) const {
    if (item == nullptr) return standard_ ? "cm32p2" : "$root";
    return standard_ ? "cm32p2|" + NameOf(*item) : NameOf(*item);
  }
  std::string ExportModule(const wit::WorldItem* item) const {
    if (item == nullptr) return standard_ ? "cm32p2_ex_" : "[export]$root";
    return standard_ ? "cm32p2|_ex_" + NameOf(*item) : "[export]" + NameOf(*item);
  }
  void Resource(const std::string& module, wit::TypeId id, bool is_export) {
    const wit::TypeDef& type = resolve_[id];
    if (type.kind != wit::TypeDefKind::kResource) return;
    const auto name = [&](const std::string& what) {
      return standard_ ? type.name + "_" + what : "[resource-" + what + "]" + type.name;
    };
    Import(module, name("drop"), TypeOf(1, {}));
    if (!is_export) return;
    Import(module, name("new"), TypeOf(1, {ValType::kI32}));
    Import(module, name("rep"), TypeOf(1, {ValType::kI32}));
  }
  void StreamsAndFutures(const std::string& module, const wit::Function& function) {
    if (standard_) return;
    const auto types = component::encode::StreamsAndFutures(resolve_, function);
    for (size_t i = 0; i < types.size(); ++i) {
      const bool is_future = resolve_[types[i]].kind == wit::TypeDefKind::kFuture;
      const std::string which = "-" + std::to_string(i) + "]" + function.name;
      const std::string kind = is_future ? "[future-" : "[stream-";
      Import(module, kind + "new" + which, TypeOf(0, {ValType::kI64}));
      for (const char* verb : {"read", "write"}) {
        Import(module, kind + verb + which, TypeOf(is_future ? 2 : 3, {ValType::kI32}));
        Import(module, "[async-lower]" + kind + verb + which,
               TypeOf(is_future ? 2 : 3, {ValType::kI32}));
        Import(module, kind + "cancel-" + verb + which, TypeOf(1, {ValType::kI32}));
      }
      Import(module, kind + "drop-readable" + which, TypeOf(1, {}));
      Import(module, kind + "drop-writable" + which, TypeOf(1, {}));
    }
  }

  void ImportFunction(const wit::WorldItem* item, const wit::Function& function) {
    const std::string module = ImportModule(item);
    Import(module, function.name, CoreTypeOf(resolve_, function, Abi::kImport));
    if (!standard_ && function.is_async)
      Import(module, "[async-lower]" + function.name,
             CoreTypeOf(resolve_, function, Abi::kImportAsync));
    StreamsAndFutures(module, function);
  }
  void ImportItem(const wit::WorldItem& item) {
    if (item.kind == wit::WorldItem::Kind::kType) Resource(ImportModule(nullptr), item.type, false);
    if (item.kind == wit::WorldItem::Kind::kFunction) ImportFunction(nullptr, item.function);
    if (item.kind != wit::WorldItem::Kind::kInterface) return;
    for (const wit::TypeId type : resolve_[item.interface].types)
      Resource(ImportModule(&item), type, false);
    for (const wit::Function& function : resolve_[item.interface].functions)
      ImportFunction(&item, function);
  }

  void ImportForFunction(const wit::WorldItem* item, const wit::Function& function) {
    const std::string module = ExportModule(item);
    StreamsAndFutures(module, function);
    if (!standard_ && function.is_async)
      Import(module, "[task-return]" + function.name,
             component::encode::CoreTypeOfTaskReturn(resolve_, function));
  }
  void ImportForExport(const wit::WorldItem& item) {
    if (item.kind == wit::WorldItem::Kind::kFunction) ImportForFunction(nullptr, item.function);
    if (item.kind != wit::WorldItem::Kind::kInterface) return;
    for (const wit::TypeId type : resolve_[item.interface].types)
      Resource(ExportModule(&item), type, true);
    for (const wit::Function& function : resolve_[item.interface].functions)
      ImportForFunction(&item, function);
  }

  void ExportFunction(const std::string& name, const wit::Function& function) {
    if (!standard_ && function.is_async) {
      Func("[async-lift]" + name, CoreTypeOf(resolve_, function, Abi::kExportAsync));
      Func("[callback][async-lift]" + name, TypeOf(3, {ValType::kI32}));
      return;
    }
    const FuncType type = CoreTypeOf(resolve_, function, Abi::kExport);
    Func(name, type);
    const FuncType post{.params = type.results, .results = {}};
    if (!post.params.empty()) Func(standard_ ? name + "_post" : "cabi_post_" + name, post);
  }
  void ExportItem(const wit::WorldItem& item) {
    if (item.kind == wit::WorldItem::Kind::kFunction)
      ExportFunction(standard_ ? "cm32p2||" + item.name : item.name, item.function);
    if (item.kind != wit::WorldItem::Kind::kInterface) return;
    const std::string prefix = standard_ ? "cm32p2|" + NameOf(item) + "|" : NameOf(item) + "#";
    for (const wit::TypeId id : resolve_[item.interface].types)
      if (resolve_[id].kind == wit::TypeDefKind::kResource)
        Func(standard_ ? prefix + resolve_[id].name + "_dtor"
                       : prefix + "[dtor]" + resolve_[id].name,
             TypeOf(1, {}));
    for (const wit::Function& function : resolve_[item.interface].functions)
      ExportFunction(prefix + function.name, function);
  }

  const wit::Resolve& resolve_;
  const wit::World& world_;
  const bool standard_;
  CoreModuleWriter out_;
};

}  // namespace

std::vector<uint8_t> DummyModule(const wit::Resolve& resolve, wit::WorldId world,
                                 NameScheme scheme) {
  return Dummy(resolve, world, scheme).Build();
}

}  // namespace trenail::spec
