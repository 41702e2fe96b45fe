// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Types of WIT as type definitions, wherever these stand: among the declarations of a component or
// instance type, or in a component. Anonymous types are defined where they are first used; how a
// named one is reached is up to the place.

#ifndef TRENAIL_LIBCOMPONENT_WIT_TYPE_DEFINITIONS_H_
#define TRENAIL_LIBCOMPONENT_WIT_TYPE_DEFINITIONS_H_

#include <cstdint>
#include <unordered_map>

#include "libcomponent/syntax/component.h"
#include "libcomponent/wit/resolve.h"

namespace component::wit {

class TypeDefinitions {
 public:
  explicit TypeDefinitions(const Resolve& resolve) : resolve_(resolve) {}
  virtual ~TypeDefinitions() = default;

  ValTypeUse Use(const Type& type);
  // The index of a type, made if it is not known yet.
  uint32_t Index(TypeId id);
  FuncTypeSyntax FuncTypeOf(const Function& function);
  // What an import or export of the named type says of it.
  ExternDesc BoundOf(TypeId id);

  void Know(TypeId id, uint32_t index) { types_[id.value] = index; }
  bool Knows(TypeId id) const { return types_.contains(id.value); }
  void Forget(TypeId id) { types_.erase(id.value); }
  // To be called where a name may lead elsewhere from now on.
  void ForgetAnonymous();

  const Resolve& resolve() const { return resolve_; }

 protected:
  // Appends the definition and returns its index.
  virtual uint32_t Define(component::TypeDef type) = 0;
  // The index of a named type that is not known.
  virtual uint32_t Named(TypeId id) = 0;
  DefValType Definition(TypeId id);

  const Resolve& resolve_;
  std::unordered_map<uint32_t, uint32_t> types_;
};

// The type of instances of the interface, in a place within `outer`.
InstanceTypeSyntax InstanceTypeOf(const Resolve& resolve, InterfaceId id, TypeDefinitions& outer);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_TYPE_DEFINITIONS_H_
