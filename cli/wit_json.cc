// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "cli/wit_json.h"

#include "libcomponent/wit/printer.h"

namespace trenail::cli {
namespace {

using namespace component::wit;  // NOLINT: its names are all there is here

std::string_view KindOf(TypeDefKind kind) {
  switch (kind) {
    case TypeDefKind::kRecord:
      return "record";
    case TypeDefKind::kResource:
      return "resource";
    case TypeDefKind::kFlags:
      return "flags";
    case TypeDefKind::kTuple:
      return "tuple";
    case TypeDefKind::kVariant:
      return "variant";
    case TypeDefKind::kEnum:
      return "enum";
    case TypeDefKind::kOption:
      return "option";
    case TypeDefKind::kResult:
      return "result";
    case TypeDefKind::kList:
    case TypeDefKind::kFixedLengthList:
      return "list";
    case TypeDefKind::kMap:
      return "map";
    case TypeDefKind::kFuture:
      return "future";
    case TypeDefKind::kStream:
      return "stream";
    case TypeDefKind::kOwn:
      return "own";
    case TypeDefKind::kBorrow:
      return "borrow";
    case TypeDefKind::kAlias:
      return "alias";
  }
  return "";
}

class Writer {
 public:
  Writer(JsonWriter& json, const Resolve& resolve) : json_(json), resolve_(resolve) {}

  void Write(const Package& package) {
    json_.BeginObject().Key("name").String(package.name.ToString());
    json_.Key("interfaces").BeginArray();
    for (InterfaceId id : package.interfaces) {
      json_.BeginObject().Key("name").String(resolve_.NameOf(id));
      Items(resolve_[id]);
      json_.EndObject();
    }
    json_.EndArray().EndObject();
  }

  void Write(WorldId id) {
    const World& world = resolve_[id];
    json_.BeginObject().Key("name").String(resolve_.NameOf(id));
    json_.Key("imports");
    Write(world.imports);
    json_.Key("exports");
    Write(world.exports);
    json_.EndObject();
  }

 private:
  void Items(const Interface& interface) {
    json_.Key("types").BeginArray();
    for (TypeId type : interface.types) Write(type);
    json_.EndArray().Key("functions").BeginArray();
    for (const Function& function : interface.functions) Write(function);
    json_.EndArray();
  }

  void Write(const std::vector<WorldItem>& items) {
    json_.BeginArray();
    for (const WorldItem& item : items) {
      switch (item.kind) {
        case WorldItem::Kind::kInterface:
          json_.BeginObject().Key("name").String(resolve_.NameOf(item));
          json_.Key("kind").String("interface");
          // One without a name of its own is described nowhere else.
          if (resolve_[item.interface].name.empty()) Items(resolve_[item.interface]);
          json_.EndObject();
          break;
        case WorldItem::Kind::kType:
          Write(item.type);
          break;
        case WorldItem::Kind::kFunction:
          Write(item.function);
          break;
      }
    }
    json_.EndArray();
  }

  void Write(TypeId id) {
    const TypeDef& type = resolve_[id];
    json_.BeginObject().Key("name").String(type.name);
    json_.Key("kind").String(KindOf(type.kind));
    if (const auto from = resolve_.UsedFrom(id)) json_.Key("from").String(resolve_.NameOf(*from));
    if (!type.cases.empty()) {
      json_.Key("cases").BeginArray();
      for (const Case& item : type.cases) {
        json_.BeginObject().Key("name").String(item.name);
        if (item.type) json_.Key("type").String(PrintType(resolve_, *item.type));
        json_.EndObject();
      }
      json_.EndArray();
    }
    // What it is made of; null: a result or a stream of nothing.
    if (!type.args.empty()) {
      json_.Key("types").BeginArray();
      for (const std::optional<Type>& argument : type.args) {
        if (argument)
          json_.String(PrintType(resolve_, *argument));
        else
          json_.Null();
      }
      json_.EndArray();
    }
    if (type.kind == TypeDefKind::kFixedLengthList) json_.Key("length").Number(type.length);
    json_.EndObject();
  }

  void Write(const Function& function) {
    json_.BeginObject().Key("name").String(function.name);
    json_.Key("kind").String("function").Key("async").Bool(function.is_async);
    json_.Key("params").BeginArray();
    for (const Param& param : function.params) {
      json_.BeginObject().Key("name").String(param.name);
      json_.Key("type").String(PrintType(resolve_, param.type)).EndObject();
    }
    json_.EndArray();
    if (function.result) json_.Key("result").String(PrintType(resolve_, *function.result));
    json_.EndObject();
  }

  JsonWriter& json_;
  const Resolve& resolve_;
};

}  // namespace

void WriteWitJson(JsonWriter& json, const Resolve& resolve, std::optional<WorldId> only) {
  Writer writer(json, resolve);
  json.BeginObject();
  if (!only) {
    json.Key("packages").BeginArray();
    for (const Package& package : resolve.packages) writer.Write(package);
    json.EndArray();
  }
  json.Key("worlds").BeginArray();
  for (uint32_t i = 0; i < resolve.worlds.size(); ++i)
    if (!only || *only == WorldId(i)) writer.Write(WorldId(i));
  json.EndArray().EndObject();
}

}  // namespace trenail::cli
