// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The resolver's state: resolver.cc finds packages and puts them and their items in an order in
// which everything stands behind what it needs; resolve_types.cc then makes interfaces, and
// resolve_worlds.cc worlds. The first problem wins; methods return false from then on.

#ifndef TRENAIL_LIBCOMPONENT_WIT_RESOLVER_IMPL_H_
#define TRENAIL_LIBCOMPONENT_WIT_RESOLVER_IMPL_H_

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "libcomponent/wit/ast.h"
#include "libcomponent/wit/resolve.h"
#include "libcomponent/wit/resolver.h"

namespace component::wit {

// An edge of a graph that must be without cycles; the span is where the text says so.
struct Edge {
  uint32_t to = 0;
  Span span;
};

// A cycle: the node that depends on itself through others, the edge that led to it in the search,
// and the edge that closed the cycle.
struct Cycle {
  uint32_t node = 0;
  Span entered;
  Span closed;
};

// The nodes in an order in which each follows those its edges lead to. Without recursion.
std::optional<Cycle> Sort(const std::vector<std::vector<Edge>>& edges,
                          std::vector<uint32_t>* order);

// What a name of an interface or world means where types are looked up.
struct ScopeEntry {
  enum class Kind : uint8_t { kType, kFunction, kExcluded };
  Kind kind = Kind::kType;
  TypeId type;
};
using TypeScope = std::unordered_map<std::string, ScopeEntry>;

class Resolver {
 public:
  Resolver(Sources& sources, const ResolveOptions& options)
      : sources_(sources), options_(options) {}

  bool Run(const std::vector<PackageSources>& packages);
  Problem TakeProblem() { return *std::move(problem_); }
  ResolvedPackage TakeResult() { return {std::move(out_), root_}; }

 private:
  static constexpr uint32_t kNone = UINT32_MAX;

  // The items of one file or one nested package: the scope of top-level `use` names.
  struct Block {
    uint32_t unit = 0;
    const std::vector<ast::PackageItem>* items = nullptr;
    std::unordered_map<std::string, const ast::ToplevelUse*> aliases;
  };

  // An interface or world of a package, as the text has it.
  struct Item {
    uint32_t block = 0;
    const ast::Interface* interface = nullptr;  // one of the two
    const ast::World* world = nullptr;
    bool excluded = false;
    InterfaceId interface_id;
    WorldId world_id;

    const ast::Name& name() const { return interface ? interface->name : world->name; }
    const ast::Attributes& attributes() const {
      return interface ? interface->attributes : world->attributes;
    }
    Span span() const { return interface ? interface->span : world->span; }
  };

  // A package.
  struct Unit {
    PackageName name;
    Span span;
    uint32_t group = 0;  // the PackageSources it comes from
    std::string docs;
    std::vector<uint32_t> blocks;
    std::vector<uint32_t> items;
    std::unordered_map<std::string, uint32_t> by_name;
    PackageId id;
  };

  // The parts of an interface or world that define types and functions.
  struct TypeItems {
    std::vector<const ast::Use*> uses;
    std::vector<const ast::Typedef*> typedefs;
  };

  // Where types are defined or looked up.
  struct Context {
    uint32_t block = 0;
    Owner owner;
    TypeScope* scope = nullptr;
    // Names that are taken, in their canonical form.
    std::unordered_set<std::string>* taken = nullptr;
  };

  // --- resolver.cc ---
  [[gnu::cold]] bool Fail(Span span, std::string message,
                          wasm::ErrorKind kind = wasm::ErrorKind::kInvalid);
  bool Parse(const std::vector<PackageSources>& packages);
  bool AddPackage(const ast::PackageDecl& decl, uint32_t group,
                  std::vector<const std::vector<ast::PackageItem>*> blocks, std::string docs);
  bool SameItems(const Unit& unit, const std::vector<const std::vector<ast::PackageItem>*>& blocks);
  bool DeclareItems(uint32_t unit);
  bool FeatureEnabled(const ast::Attributes& attributes) const;
  bool CheckGates(const Unit& unit, const ast::Attributes& attributes, Span span, bool* included);
  bool CheckExcluded(const Item& item);
  bool SortUnits(std::vector<uint32_t>* order);
  bool ResolveUnit(uint32_t unit);
  // Calls back with each path in an included part of the item, and whether it must be a world's.
  using PathVisitor = std::function<bool(const ast::UsePath&, bool)>;
  bool ForEachPath(const Item& item, const PathVisitor& visit) const;
  // What the path names, kNone and a problem if it is not an interface, or not a world.
  uint32_t FindItem(uint32_t block, const ast::UsePath& path, bool world);
  uint32_t FindAnyItem(uint32_t block, const ast::UsePath& path);
  uint32_t FindUnit(const ast::UsePath& path);
  const Unit& UnitOf(uint32_t block) const { return units_[blocks_[block].unit]; }
  bool Count(uint64_t elements, Span span);

  // --- resolve_types.cc ---
  bool ResolveInterface(Item& item);
  InterfaceId NewInterface(Interface interface);
  bool FillInterface(InterfaceId id, uint32_t block, const std::vector<ast::InterfaceItem>& items);
  bool ResolveTypes(Context& context, const TypeItems& items, std::vector<TypeId>* out);
  bool ResolveUse(Context& context, const ast::Use& use, std::vector<TypeId>* out);
  bool ResolveTypedef(Context& context, const ast::Typedef& typedef_item, TypeId* out);
  bool ResolveFunction(Context& context, const ast::Func& func, const TypeId* resource,
                       Function* out);
  bool ResolveResourceFunctions(Context& context, const ast::Typedef& resource,
                                std::vector<Function>* out);
  bool CheckConstructorResult(const ast::Type& written, TypeId resource, const Function& function);
  bool ResolveType(Context& context, const ast::Type& type, Type* out);
  bool ResolveTypeDef(Context& context, const ast::Type& type, TypeDef* out);
  bool ResolveHandle(Context& context, const ast::Type& type, TypeDef* out);
  bool FindType(Context& context, const ast::Name& name, TypeId* out);
  bool Claim(Context& context, std::string_view name, Span span);
  bool Included(uint32_t block, const ast::Attributes& attributes, Span span, bool* included) {
    return CheckGates(UnitOf(block), attributes, span, included);
  }
  TypeId AddType(Context& context, TypeDef type, const ast::Name& name,
                 const ast::Attributes& attributes);
  bool CheckDepth(TypeId id, Span span);

  // --- resolve_worlds.cc ---
  struct WorldBuilder;
  bool ResolveWorld(Item& item);
  bool ResolveExtern(WorldBuilder& builder, const ast::Extern& item);
  bool ResolveInclude(WorldBuilder& builder, const ast::Include& include);
  bool AddWorldItem(WorldBuilder& builder, bool is_export, WorldItem item, Span span,
                    bool may_merge);
  bool ElaborateImports(WorldBuilder& builder);
  bool ElaborateExports(WorldBuilder& builder);
  // Appends what `root` depends on, as far as `follow` goes and it is not seen yet, each interface
  // behind its own dependencies, and `root` last.
  void PostOrder(InterfaceId root, std::unordered_set<uint32_t>* seen,
                 const std::function<bool(InterfaceId)>& follow, std::vector<InterfaceId>* out);

  Sources& sources_;
  const ResolveOptions& options_;
  std::vector<ast::File> files_;
  std::vector<Block> blocks_;
  std::vector<Item> items_;
  std::vector<Unit> units_;
  std::unordered_map<std::string, uint32_t> unit_by_name_;
  Resolve out_;
  std::vector<TypeScope> scopes_;  // of interfaces, by id
  std::vector<std::vector<InterfaceId>> dependencies_;
  PackageId root_;
  uint32_t root_unit_ = 0;
  uint64_t elements_ = 0;
  std::optional<Problem> problem_;
};

Stability StabilityOf(const ast::Attributes& attributes);

}  // namespace component::wit

#endif  // TRENAIL_LIBCOMPONENT_WIT_RESOLVER_IMPL_H_
