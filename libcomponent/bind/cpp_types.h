// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of WIT as types of C++, for hosts and guests: how they are named and how they are declared.
// What differs, handles above all, is for either side to say.

#ifndef TRENAIL_LIBCOMPONENT_BIND_CPP_TYPES_H_
#define TRENAIL_LIBCOMPONENT_BIND_CPP_TYPES_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/bind/model.h"
#include "libcomponent/bind/text.h"

namespace component::bind {

class CppTypes {
 public:
  explicit CppTypes(Model& model) : model_(model) {}
  virtual ~CppTypes() = default;

  // A value of the type in `place`, named from within `scope`.
  std::string Spell(const std::optional<wit::Type>& type, const Place& place, const Path& scope);
  // The same by the names of what aliases stand for: equal for equal types.
  std::string SpellExpanded(const std::optional<wit::Type>& type, const Place& place) {
    expand_ = true;
    std::string spelled = Spell(type, place, {});
    expand_ = false;
    return spelled;
  }
  // All types of the place.
  void DeclareTypes(Text& text, const Place& place);

  // Whether values have no handles, so that they can be copied and compared.
  bool IsPlain(wit::Type type) const { return !model_.TraitsOf(type).handle(); }

  Model& model() { return model_; }
  const wit::Resolve& resolve() const { return model_.resolve(); }

 protected:
  enum class HandleKind { kOwn, kBorrow };
  virtual std::string SpellHandle(HandleKind kind, const Model::Resource& resource,
                                  const std::string& name) = 0;
  // `stream<T>` and the like around a type; "void" for none.
  virtual std::string SpellStream(bool is_future, const std::string& element) = 0;
  virtual std::string SpellErrorContext() = 0;
  virtual void DeclareResource(Text& text, const Place& place, wit::TypeId id) = 0;
  // Whatever the library needs to know of a type, in its body or behind it.
  virtual void RecordBody(Text&, const std::string& /*name*/,
                          const std::vector<std::string>& /*fields*/) {}
  virtual void VariantBody(Text&) {}
  virtual void AfterEnum(Text&, const std::string& /*name*/, size_t /*cases*/) {}
  virtual std::string FlagsBase(const std::string& name, const std::string& bits,
                                size_t labels) = 0;

 private:
  std::string SpellDefinition(const wit::TypeDef& def, const Place& place, const Path& scope);
  std::string Handle(HandleKind kind, wit::TypeId id, const Place& place, const Path& scope);
  void DeclareRecord(Text& text, const Place& place, wit::TypeId id);
  void DeclareVariant(Text& text, const Place& place, wit::TypeId id);
  void DeclareEnum(Text& text, const Place& place, wit::TypeId id);
  void DeclareFlags(Text& text, const Place& place, wit::TypeId id);
  void DeclareAlias(Text& text, const Place& place, wit::TypeId id);

  Model& model_;
  bool expand_ = false;
};

// The integer that cases or labels fit into.
std::string UnsignedFor(size_t bits);
// Fields, parameters: names of WIT, in snake case and each its own.
std::vector<std::string> FieldNames(const std::vector<wit::Case>& cases);
// The smallest unsigned integer for so many cases.
std::string DiscriminantType(size_t cases);

}  // namespace component::bind

#endif  // TRENAIL_LIBCOMPONENT_BIND_CPP_TYPES_H_
