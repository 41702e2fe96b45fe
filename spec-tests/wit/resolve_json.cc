// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Both sides become lines of text, which are compared: `interface a:b/c: type t = list<u8>`.

#include "spec-tests/wit/resolve_json.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <vector>

#include "libcomponent/wit/printer.h"
#include "nlohmann/json.hpp"

namespace trenail::spec {
namespace {

namespace wit = component::wit;
// Keeps the order of keys, which is that of the text.
using Json = nlohmann::ordered_json;

class FromJson {
 public:
  explicit FromJson(const Json& root) : root_(root) {}

  std::string InterfaceName(size_t index) const {
    const Json& interface = root_["interfaces"][index];
    if (interface["name"].is_null()) return "";
    return Qualified(interface["package"].get<size_t>(), interface["name"].get<std::string>());
  }
  std::string Qualified(size_t package, const std::string& name) const {
    const auto full = root_["packages"][package]["name"].get<std::string>();
    const size_t at = full.find('@');
    return full.substr(0, at) + "/" + name + (at == std::string::npos ? "" : full.substr(at));
  }
  static std::string Gates(const Json& item) {
    if (!item.contains("stability")) return "";
    const Json& stability = item["stability"];
    if (stability.contains("stable"))
      return " since " + stability["stable"]["since"].get<std::string>();
    if (stability.contains("unstable"))
      return " unstable " + stability["unstable"]["feature"].get<std::string>();
    return "";
  }

  std::string Type(const Json& type) const {
    if (type.is_null()) return "_";
    if (type.is_string()) return type.get<std::string>();
    const Json& def = root_["types"][type.get<size_t>()];
    return def["name"].is_null() ? Shape(def) : wit::EscapedLabel(def["name"].get<std::string>());
  }

  std::string Shape(const Json& def) const {
    const Json& kind = def["kind"];
    if (kind.is_string()) return kind.get<std::string>();
    const std::string key = kind.items().begin().key();
    const Json& value = kind.items().begin().value();
    if (key == "type") return Type(value);
    if (key == "handle") {
      if (!value.contains("own")) return "borrow<" + Type(value["borrow"]) + ">";
      const std::string resource = Type(value["own"]);
      return def["name"].is_null() ? resource : "own<" + resource + ">";
    }
    if (key == "list" || key == "option") return key + "<" + Type(value) + ">";
    if (key == "future" || key == "stream")
      return value.is_null() ? key : key + "<" + Type(value) + ">";
    if (key == "map") return "map<" + Type(value[0]) + ", " + Type(value[1]) + ">";
    if (key == "result") {
      if (!value["err"].is_null())
        return "result<" + Type(value["ok"]) + ", " + Type(value["err"]) + ">";
      return value["ok"].is_null() ? "result" : "result<" + Type(value["ok"]) + ">";
    }
    if (key == "tuple") {
      std::string out = "tuple<";
      for (const Json& type : value["types"]) out += (out.back() == '<' ? "" : ", ") + Type(type);
      return out + ">";
    }
    std::string out = key + " {";
    for (const auto& [list, cases] : value.items()) {
      for (const Json& item : cases) {
        out += " " + item["name"].get<std::string>();
        if (item.contains("type") && !item["type"].is_null()) out += ": " + Type(item["type"]);
      }
    }
    return out + " }";
  }

  std::string Function(const Json& function) const {
    std::string out = "func " + function["name"].get<std::string>() + "(";
    for (const Json& param : function["params"])
      out += " " + param["name"].get<std::string>() + ": " + Type(param["type"]);
    out += " )";
    if (function.contains("result")) out += " -> " + Type(function["result"]);
    const Json& kind = function["kind"];
    const std::string name =
        kind.is_string() ? kind.get<std::string>() : kind.items().begin().key();
    if (name.starts_with("async")) out += " async";
    return out + Gates(function);
  }

  void Interface(const Json& interface, const std::string& where, std::vector<std::string>* out) {
    for (const auto& [name, id] : interface["types"].items()) {
      const Json& def = root_["types"][id.get<size_t>()];
      out->push_back(where + ": type " + name + " = " + Shape(def) + Gates(def));
    }
    for (const auto& [name, function] : interface["functions"].items())
      out->push_back(where + ": " + Function(function));
  }

  std::vector<std::string> Lines() {
    std::vector<std::string> out;
    for (const Json& package : root_["packages"])
      out.push_back("package " + package["name"].get<std::string>());
    for (size_t i = 0; i < root_["interfaces"].size(); ++i) {
      const Json& interface = root_["interfaces"][i];
      if (interface["name"].is_null()) continue;
      const std::string where = "interface " + InterfaceName(i);
      out.push_back(where + Gates(interface));
      Interface(interface, where, &out);
    }
    for (const Json& world : root_["worlds"]) {
      const std::string where =
          "world " + Qualified(world["package"].get<size_t>(), world["name"].get<std::string>());
      out.push_back(where + Gates(world));
      for (const char* side : {"imports", "exports"}) {
        size_t place = 0;
        for (const auto& [key, item] : world[side].items()) {
          const std::string at = where + " " + side + " " + std::to_string(place++);
          if (item.contains("function")) {
            out.push_back(at + ": " + Function(item["function"]));
          } else if (item.contains("type")) {
            const Json& def = root_["types"][item["type"].get<size_t>()];
            out.push_back(at + ": type " + key + " = " + Shape(def) + Gates(def));
          } else {
            const Json& reference = item["interface"];
            const auto id = reference["id"].get<size_t>();
            const std::string name =
                key.starts_with("interface-") ? InterfaceName(id) : key + " " + InterfaceName(id);
            out.push_back(at + ": interface " + name + Gates(reference));
            if (InterfaceName(id).empty()) Interface(root_["interfaces"][id], at, &out);
          }
        }
      }
    }
    return out;
  }

 private:
  const Json& root_;
};

class FromResolve {
 public:
  explicit FromResolve(const wit::Resolve& resolve) : resolve_(resolve) {}

  static std::string Gates(const wit::Stability& stability) {
    if (stability.since) return " since " + stability.since->ToString();
    return stability.unstable.empty() ? "" : " unstable " + stability.unstable;
  }

  // The type without its name.
  std::string Shape(wit::TypeId id) const {
    const wit::TypeDef& def = resolve_[id];
    const auto cases = [&](std::string out) {
      for (const wit::Case& item : def.cases) {
        out += " " + item.name;
        if (item.type) out += ": " + wit::PrintType(resolve_, *item.type);
      }
      return out + " }";
    };
    switch (def.kind) {
      case wit::TypeDefKind::kRecord:
        return cases("record {");
      case wit::TypeDefKind::kFlags:
        return cases("flags {");
      case wit::TypeDefKind::kVariant:
        return cases("variant {");
      case wit::TypeDefKind::kEnum:
        return cases("enum {");
      case wit::TypeDefKind::kResource:
        return "resource";
      case wit::TypeDefKind::kOwn:
        return "own<" + wit::PrintType(resolve_, *def.args[0]) + ">";
      case wit::TypeDefKind::kAlias:
        return wit::PrintType(resolve_, *def.args[0]);
      default: {
        wit::Resolve copy = resolve_;
        copy[id].name.clear();
        return wit::PrintType(copy, wit::Type::Of(id));
      }
    }
  }

  std::string Function(const wit::Function& function) const {
    std::string out = "func " + function.name + "(";
    for (const wit::Param& param : function.params)
      out += " " + param.name + ": " + wit::PrintType(resolve_, param.type);
    out += " )";
    if (function.result) out += " -> " + wit::PrintType(resolve_, *function.result);
    if (function.is_async) out += " async";
    return out + Gates(function.stability);
  }

  void Interface(const wit::Interface& interface, const std::string& where,
                 std::vector<std::string>* out) const {
    for (wit::TypeId id : interface.types) {
      const wit::TypeDef& def = resolve_[id];
      out->push_back(where + ": type " + def.name + " = " + Shape(id) + Gates(def.stability));
    }
    for (const wit::Function& function : interface.functions)
      out->push_back(where + ": " + Function(function));
  }

  std::vector<std::string> Lines() const {
    std::vector<std::string> out;
    for (const wit::Package& package : resolve_.packages)
      out.push_back("package " + package.name.ToString());
    for (uint32_t i = 0; i < resolve_.interfaces.size(); ++i) {
      const wit::Interface& interface = resolve_.interfaces[i];
      if (interface.name.empty()) continue;
      const std::string where = "interface " + resolve_.NameOf(wit::InterfaceId(i));
      out.push_back(where + Gates(interface.stability));
      Interface(interface, where, &out);
    }
    for (uint32_t i = 0; i < resolve_.worlds.size(); ++i) {
      const wit::World& world = resolve_.worlds[i];
      const std::string where = "world " + resolve_.NameOf(wit::WorldId(i));
      out.push_back(where + Gates(world.stability));
      World(world.imports, where + " imports ", &out);
      World(world.exports, where + " exports ", &out);
    }
    return out;
  }

  void World(const std::vector<wit::WorldItem>& items, const std::string& where,
             std::vector<std::string>* out) const {
    size_t place = 0;
    for (const wit::WorldItem& item : items) {
      const std::string at = where + std::to_string(place++);
      if (item.kind == wit::WorldItem::Kind::kFunction) {
        out->push_back(at + ": " + Function(item.function));
      } else if (item.kind == wit::WorldItem::Kind::kType) {
        out->push_back(at + ": type " + item.name + " = " + Shape(item.type) +
                       Gates(item.stability));
      } else {
        const wit::Interface& interface = resolve_[item.interface];
        const std::string named = interface.name.empty() ? "" : resolve_.NameOf(item.interface);
        out->push_back(at + ": interface " + (item.name.empty() ? named : item.name + " " + named) +
                       Gates(item.stability));
        if (interface.name.empty()) Interface(interface, at, out);
      }
    }
  }

 private:
  const wit::Resolve& resolve_;
};

}  // namespace

std::string DifferenceFromJson(const wit::Resolve& resolve, const std::string& text) {
  const Json root = Json::parse(text);
  std::vector<std::string> expected = FromJson(root).Lines();
  std::vector<std::string> found = FromResolve(resolve).Lines();
  std::sort(expected.begin(), expected.end());
  std::sort(found.begin(), found.end());
  std::string out;
  std::vector<std::string> difference;
  std::set_difference(expected.begin(), expected.end(), found.begin(), found.end(),
                      std::back_inserter(difference));
  for (const std::string& line : difference) out += "\n  missing: " + line;
  difference.clear();
  std::set_difference(found.begin(), found.end(), expected.begin(), expected.end(),
                      std::back_inserter(difference));
  for (const std::string& line : difference) out += "\n  found:   " + line;
  return out;
}

}  // namespace trenail::spec
