// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// A world as generated code sees it: places, which are the world itself and its interfaces as they
// are imported or exported, each with a namespace and the names of its types. An interface that is
// imported and exported is two places; types without resources are declared in the first alone.

#ifndef TRENAIL_LIBCOMPONENT_BIND_MODEL_H_
#define TRENAIL_LIBCOMPONENT_BIND_MODEL_H_

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/bind/names.h"
#include "libcomponent/wit/resolve.h"

namespace component::bind {

struct Place {
  std::optional<wit::InterfaceId> interface;  // none: the world
  bool is_export = false;
  std::string name;  // of the import or export, as components have it; empty: the world
  std::string docs;
  Path path;  // the namespace
  std::vector<wit::TypeId> types;
  std::vector<const wit::Function*> functions;         // of an interface, or imports of the world
  std::vector<const wit::Function*> export_functions;  // of the world
  std::map<uint32_t, std::string> type_names;          // by TypeId
  // The place that declares the same types.
  std::optional<size_t> twin;
};

struct ModelOptions {
  // Namespaces around everything; empty: those of the package and the world.
  std::string outer;
  // Names that no type gets, as namespaces declare them themselves.
  std::vector<std::string> reserved;
};

class Model {
 public:
  Model(const wit::Resolve& resolve, wit::WorldId world, const ModelOptions& options);

  const wit::Resolve& resolve() const { return resolve_; }
  const wit::World& world() const { return resolve_[world_]; }
  wit::WorldId world_id() const { return world_; }
  // Imports, the world, exports: each behind what it uses.
  const std::vector<Place>& places() const { return places_; }
  const Place& world_place() const { return places_[world_place_]; }
  const Path& root() const { return root_; }
  Scopes& scopes() { return scopes_; }
  const Scopes& scopes() const { return scopes_; }

  // Where a named type is declared that is mentioned in `from`.
  const Place& PlaceOf(wit::TypeId type, const Place& from) const;
  // Namespace and name of a named type that is mentioned in `from`.
  Path PathOf(wit::TypeId type, const Place& from) const;
  // A resource mentioned in `from`: its type without aliases, and where that is.
  struct Resource {
    wit::TypeId type;
    const Place* place;
  };
  Resource ResourceOf(wit::TypeId type, const Place& from) const;
  // The type behind aliases, and where what it mentions is to be looked for.
  struct Target {
    wit::Type type;
    const Place* place;
  };
  Target Dealias(wit::Type type, const Place& from) const;

  // What a type has anywhere in it, through aliases.
  struct Traits {
    bool resource = false;  // own or borrow of one
    bool own = false;       // an own handle
    bool borrow = false;    // a borrow
    bool stream = false;    // a stream or future
    bool error = false;     // an error context
    bool string = false;    // text
    bool list = false;      // a list or map
    bool handle() const { return resource || stream || error; }
  };
  const Traits& TraitsOf(wit::Type type) const;

 private:
  void FindTraits();

  void AddInterface(const wit::WorldItem& item, bool is_export);
  void SortExports();
  void NamePlace(Place& place);

  const wit::Resolve& resolve_;
  wit::WorldId world_;
  Path root_;
  Scopes scopes_;
  std::vector<Traits> traits_;  // by TypeId
  std::vector<Place> places_;
  std::vector<bool> anonymous_;  // per place: under a name of the world
  size_t world_place_ = 0;
};

}  // namespace component::bind

#endif  // TRENAIL_LIBCOMPONENT_BIND_MODEL_H_
