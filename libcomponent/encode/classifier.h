// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The inside of Classify: imports in classify_imports.cc, exports in classify_exports.cc.

#ifndef TRENAIL_LIBCOMPONENT_ENCODE_CLASSIFIER_H_
#define TRENAIL_LIBCOMPONENT_ENCODE_CLASSIFIER_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "libcomponent/encode/builtin_names.h"
#include "libcomponent/encode/classify.h"

namespace component::encode {

// Names that begin so are those of the standard.
inline constexpr std::string_view kStandardPrefix = "cm32p2";

inline std::unexpected<wasm::Error> Invalid(std::string message) {
  return std::unexpected(wasm::Error(wasm::ErrorKind::kInvalid, std::move(message)));
}

inline std::string Quoted(std::string_view text) {
  std::string out("`");
  out += text;
  out += '`';
  return out;
}

struct Scheme {
  bool standard = false;
  std::string_view root;        // the module of what the world itself imports
  std::string_view interfaces;  // in front of interfaces
  std::string_view exported;    // in front of what belongs to exports
};
inline constexpr Scheme kLegacy = {false, "$root", "", "[export]"};
inline constexpr Scheme kStandard = {true, "", "|", "_ex_"};

class Classifier {
 public:
  Classifier(const ClassifyContext& context, const wasm::Module& module)
      : context_(context),
        target_(context.target),
        resolve_(context.target.resolve),
        world_(context.target.the_world()),
        module_(module) {}

  wasm::Result<ClassifiedModule> Run(const std::map<size_t, std::string>& originals) {
    for (size_t i = 0; i < module_.imports.size(); ++i) {
      const wasm::Import& import = module_.imports[i];
      const auto original = originals.find(i);
      TRY_VOID(Import(
          import, original == originals.end() ? import.name : std::string_view(original->second)));
    }
    CollectExports();
    for (const wasm::Export& item : module_.exports) TRY_VOID(Export(item));
    TRY_VOID(CheckExports());
    return std::move(out_);
  }

 private:
  using Kind = CoreImport::Kind;

  wasm::Result<void> Import(const wasm::Import& import, std::string_view name);
  wasm::Result<void> ComponentImport(const Scheme& scheme, std::string_view module,
                                     std::string_view name, CoreImport* out);
  wasm::Result<bool> Intrinsic(const Scheme& scheme, std::string_view name, bool of_export,
                               std::optional<size_t> item, CoreImport* out);
  bool EnvImport(std::string_view name, CoreImport* out);
  wasm::Result<void> Export(const wasm::Export& item);
  wasm::Result<void> ExportedFunction(bool standard, std::string_view name,
                                      const wasm::Export& item);
  wasm::Result<void> CheckExports() const;

  const std::vector<wit::WorldItem>& Items(bool exports) const {
    return exports ? world_.exports : world_.imports;
  }
  std::optional<size_t> FindNamed(bool exports, std::string_view name,
                                  wit::WorldItem::Kind kind) const {
    const auto& items = Items(exports);
    for (size_t i = 0; i < items.size(); ++i)
      if (items[i].kind == kind && items[i].name == name) return i;
    return std::nullopt;
  }
  std::optional<size_t> FindInterface(const Scheme& scheme, bool exports,
                                      std::string_view name) const;
  const wit::Function* FindFunction(bool exports, std::optional<size_t> item,
                                    std::string_view name) const;
  std::optional<wit::TypeId> FindResource(std::optional<size_t> item, bool exports,
                                          std::string_view name) const;
  // The name of an interface as the standard writes it: with the canonical part of the version.
  std::string StandardName(const wit::WorldItem& item) const;

  std::string Where(const CoreImport& import) const {
    return context_.what + " imports " + Quoted(import.module + "." + import.name);
  }
  wasm::Result<void> CheckType(const CoreImport& import, const wasm::FuncType& expected,
                               std::string_view what) const {
    if (import.type == expected) return {};
    return Invalid(Where(import) + " as " + Print(import.type) + ", but " + std::string(what) +
                   " has the core type " + Print(expected));
  }
  wasm::Result<void> CheckExport(const wasm::Export& item, const wasm::FuncType& expected,
                                 std::string_view what) const {
    const wasm::FuncType& type = module_.FuncTypeOf(wasm::FuncIdx(item.index));
    if (type == expected) return {};
    return Invalid(context_.what + " exports " + Quoted(item.name) + " as " + Print(type) +
                   ", but " + std::string(what) + " needs the core type " + Print(expected));
  }

  struct Match {
    size_t item;
    const wit::Function* function;
  };
  // What core functions of this module are, by their names in the two schemes.
  void CollectExports();
  const Match* MatchExport(bool standard, const std::string& name) const {
    const auto found = functions_[standard].find(name);
    return found == functions_[standard].end() ? nullptr : &found->second;
  }

  const ClassifyContext& context_;
  const Target& target_;
  const wit::Resolve& resolve_;
  const wit::World& world_;
  const wasm::Module& module_;
  std::unordered_map<std::string, Match> functions_[2];
  std::unordered_map<std::string, wit::TypeId> destructors_[2];
  ClassifiedModule out_;
};

}  // namespace component::encode

#endif  // TRENAIL_LIBCOMPONENT_ENCODE_CLASSIFIER_H_
