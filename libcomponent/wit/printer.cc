// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/wit/printer.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "libwasm/support/utf8.h"

namespace component::wit {
namespace {

// `%`-escaped parts of `a:b`, or `a/b`.
std::string EscapedPath(std::string_view path, char separator) {
  std::string out;
  for (;;) {
    const size_t end = std::min(path.find(separator), path.size());
    out += EscapedLabel(path.substr(0, end));
    if (end == path.size()) return out;
    out += separator;
    path.remove_prefix(end + 1);
  }
}

std::string PackageText(const PackageName& package) {
  return EscapedPath(package.ns, ':') + ":" + EscapedPath(package.name, '/');
}

std::string VersionText(const PackageName& package) {
  return package.version ? "@" + package.version->ToString() : "";
}

// A string literal; what WIT files cannot contain is escaped.
std::string Quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  while (!text.empty()) {
    const char32_t c = wasm::DecodeUtf8(&text).value_or(0);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c >= 0x20 && c < 0x7f) {
      out += static_cast<char>(c);
    } else if (c > 0xa0 && c != 0x149 && c != 0x673 && (c < 0xf77 || c > 0x2069)) {
      wasm::AppendUtf8(out, c);
    } else {
      out += "\\u{";
      int shift = 20;
      while (shift > 0 && (c >> shift) == 0) shift -= 4;
      for (; shift >= 0; shift -= 4) out += kHex[(c >> shift) & 15];
      out += '}';
    }
  }
  return out + "\"";
}

class Printer {
 public:
  explicit Printer(const Resolve& resolve) : resolve_(resolve) {}

  void Root(PackageId id);
  void NestedPackage(PackageId id);
  std::string TakeText() { return std::move(out_); }
  std::string TypeText(Type type) const;

 private:
  void Items(PackageId id, bool first);
  void InterfaceDefinition(InterfaceId id);
  void InterfaceItems(const Interface& interface);
  void WorldDefinition(WorldId id);
  void WorldItems(const World& world);
  void Item(const WorldItem& item, std::string_view keyword);
  using FunctionsByResource = std::unordered_map<uint32_t, std::vector<const Function*>>;
  void Types(const std::vector<TypeId>& types, FunctionsByResource& of_resource);
  size_t Uses(const std::vector<TypeId>& types, size_t begin);
  void TypeDefinition(TypeId id, const std::vector<const Function*>& functions);
  void Cases(const TypeDef& type, std::string_view keyword);
  void ResourceFunctions(const std::vector<const Function*>& functions);
  std::string FunctionType(const Function& function) const;
  std::string DefinitionText(const TypeDef& type) const;
  std::string InterfacePath(InterfaceId id) const;

  void Docs(std::string_view docs);
  void Gates(const Stability& stability, const std::optional<std::string>& external_id);
  void Line(std::string_view text);
  void Open(std::string_view text) {
    Line(std::string(text) + " {");
    ++indent_;
  }
  void Close() {
    --indent_;
    Line("}");
  }
  // An empty line between items, but not before the first.
  void Gap() {
    if (!out_.ends_with("{\n")) out_ += '\n';
  }

  const Resolve& resolve_;
  PackageId package_;
  int indent_ = 0;
  std::string out_;
};

void Printer::Line(std::string_view text) {
  if (!text.empty()) out_.append(static_cast<size_t>(indent_) * 2, ' ');
  out_ += text;
  out_ += '\n';
}

void Printer::Docs(std::string_view docs) {
  if (docs.empty()) return;
  for (;;) {
    const size_t end = std::min(docs.find('\n'), docs.size());
    Line(end == 0 ? "///" : "/// " + std::string(docs.substr(0, end)));
    if (end == docs.size()) return;
    docs.remove_prefix(end + 1);
  }
}

void Printer::Gates(const Stability& stability, const std::optional<std::string>& external_id) {
  if (stability.since) Line("@since(version = " + stability.since->ToString() + ")");
  if (!stability.unstable.empty())
    Line("@unstable(feature = " + EscapedLabel(stability.unstable) + ")");
  if (stability.deprecated) Line("@deprecated(version = " + stability.deprecated->ToString() + ")");
  if (external_id) Line("@external-id(" + Quoted(*external_id) + ")");
}

std::string Printer::InterfacePath(InterfaceId id) const {
  const Interface& interface = resolve_[id];
  const std::string name = EscapedLabel(interface.name);
  if (interface.package == package_) return name;
  const PackageName& package = resolve_[interface.package].name;
  return PackageText(package) + "/" + name + VersionText(package);
}

std::string Printer::TypeText(Type type) const {
  switch (type.kind) {
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kS8:
      return "s8";
    case TypeKind::kU8:
      return "u8";
    case TypeKind::kS16:
      return "s16";
    case TypeKind::kU16:
      return "u16";
    case TypeKind::kS32:
      return "s32";
    case TypeKind::kU32:
      return "u32";
    case TypeKind::kS64:
      return "s64";
    case TypeKind::kU64:
      return "u64";
    case TypeKind::kF32:
      return "f32";
    case TypeKind::kF64:
      return "f64";
    case TypeKind::kChar:
      return "char";
    case TypeKind::kString:
      return "string";
    case TypeKind::kErrorContext:
      return "error-context";
    case TypeKind::kDefined:
      break;
  }
  const TypeDef& def = resolve_[type.id];
  if (!def.name.empty()) return EscapedLabel(def.name);
  // The resource's name alone means that the handle owns it.
  if (def.kind == TypeDefKind::kOwn) return TypeText(*def.args[0]);
  return DefinitionText(def);
}

std::string Printer::DefinitionText(const TypeDef& type) const {
  const auto arg = [&](size_t i) { return type.args[i] ? TypeText(*type.args[i]) : "_"; };
  switch (type.kind) {
    case TypeDefKind::kOption:
      return "option<" + arg(0) + ">";
    case TypeDefKind::kList:
      return "list<" + arg(0) + ">";
    case TypeDefKind::kFixedLengthList:
      return "list<" + arg(0) + ", " + std::to_string(type.length) + ">";
    case TypeDefKind::kMap:
      return "map<" + arg(0) + ", " + arg(1) + ">";
    case TypeDefKind::kOwn:
      return "own<" + arg(0) + ">";
    case TypeDefKind::kBorrow:
      return "borrow<" + arg(0) + ">";
    case TypeDefKind::kFuture:
      return type.args[0] ? "future<" + arg(0) + ">" : "future";
    case TypeDefKind::kStream:
      return type.args[0] ? "stream<" + arg(0) + ">" : "stream";
    case TypeDefKind::kResult:
      if (type.args[1]) return "result<" + arg(0) + ", " + arg(1) + ">";
      return type.args[0] ? "result<" + arg(0) + ">" : "result";
    case TypeDefKind::kTuple: {
      std::string out = "tuple<";
      for (size_t i = 0; i < type.args.size(); ++i) out += (i == 0 ? "" : ", ") + arg(i);
      return out + ">";
    }
    case TypeDefKind::kAlias:
      return arg(0);
    case TypeDefKind::kRecord:
    case TypeDefKind::kResource:
    case TypeDefKind::kFlags:
    case TypeDefKind::kVariant:
    case TypeDefKind::kEnum:
      break;
  }
  return {};
}

std::string Printer::FunctionType(const Function& function) const {
  std::string out = function.is_async ? "async func(" : "func(";
  const size_t first = function.kind == FunctionKind::kMethod ? 1 : 0;
  for (size_t i = first; i < function.params.size(); ++i) {
    if (i > first) out += ", ";
    out += EscapedLabel(function.params[i].name) + ": " + TypeText(function.params[i].type);
  }
  out += ")";
  if (function.result) out += " -> " + TypeText(*function.result);
  return out;
}

void Printer::ResourceFunctions(const std::vector<const Function*>& functions) {
  for (const Function* function : functions) {
    Docs(function->docs);
    Gates(function->stability, function->external_id);
    std::string type = FunctionType(*function);
    if (function->kind == FunctionKind::kConstructor) {
      // Without `func`, and without the result that goes without saying.
      type.erase(0, type.find('('));
      const TypeDef& result = resolve_[function->result->id];
      if (result.kind == TypeDefKind::kOwn) type.resize(type.rfind(" -> "));
      Line("constructor" + type + ";");
      continue;
    }
    const char* prefix = function->kind == FunctionKind::kStatic ? ": static " : ": ";
    Line(EscapedLabel(function->ItemName()) + prefix + type + ";");
  }
}

void Printer::Cases(const TypeDef& type, std::string_view keyword) {
  Open(std::string(keyword) + " " + EscapedLabel(type.name));
  for (const Case& item : type.cases) {
    Docs(item.docs);
    std::string line = EscapedLabel(item.name);
    if (item.type) {
      const bool record = type.kind == TypeDefKind::kRecord;
      line += record ? ": " + TypeText(*item.type) : "(" + TypeText(*item.type) + ")";
    }
    Line(line + ",");
  }
  Close();
}

void Printer::TypeDefinition(TypeId id, const std::vector<const Function*>& functions) {
  const TypeDef& type = resolve_[id];
  Docs(type.docs);
  Gates(type.stability, type.external_id);
  switch (type.kind) {
    case TypeDefKind::kRecord:
      return Cases(type, "record");
    case TypeDefKind::kFlags:
      return Cases(type, "flags");
    case TypeDefKind::kVariant:
      return Cases(type, "variant");
    case TypeDefKind::kEnum:
      return Cases(type, "enum");
    case TypeDefKind::kResource:
      if (functions.empty()) return Line("resource " + EscapedLabel(type.name) + ";");
      Open("resource " + EscapedLabel(type.name));
      ResourceFunctions(functions);
      return Close();
    default:
      return Line("type " + EscapedLabel(type.name) + " = " + DefinitionText(type) + ";");
  }
}

// One `use` for the types from there on that come from the same interface under the same gates. The
// first is one; the result is the index behind them.
size_t Printer::Uses(const std::vector<TypeId>& types, size_t begin) {
  const auto from = resolve_.UsedFrom(types[begin]);
  const Stability& stability = resolve_[types[begin]].stability;
  std::string line = "use " + InterfacePath(*from) + ".{";
  size_t i = begin;
  for (; i < types.size(); ++i) {
    const TypeDef& type = resolve_[types[i]];
    if (resolve_.UsedFrom(types[i]) != from || type.stability != stability) break;
    const std::string& original = resolve_[type.args[0]->id].name;
    if (i > begin) line += ", ";
    line += EscapedLabel(original);
    if (original != type.name) line += " as " + EscapedLabel(type.name);
  }
  Gates(stability, std::nullopt);
  Line(line + "};");
  return i;
}

// What is used comes first, as it does when the text is resolved.
void Printer::Types(const std::vector<TypeId>& types, FunctionsByResource& of_resource) {
  std::vector<TypeId> used, defined;
  for (TypeId id : types) (resolve_.UsedFrom(id) ? used : defined).push_back(id);
  for (size_t i = 0; i < used.size();) i = Uses(used, i);
  bool first = used.empty();
  for (TypeId id : defined) {
    if (!std::exchange(first, false)) Gap();
    TypeDefinition(id, of_resource[id.value]);
  }
}

void Printer::InterfaceItems(const Interface& interface) {
  FunctionsByResource of_resource;
  for (const Function& function : interface.functions)
    if (function.kind != FunctionKind::kFreestanding)
      of_resource[function.resource.value].push_back(&function);
  Types(interface.types, of_resource);
  for (const Function& function : interface.functions) {
    if (function.kind != FunctionKind::kFreestanding) continue;
    Gap();
    Docs(function.docs);
    Gates(function.stability, function.external_id);
    Line(EscapedLabel(function.name) + ": " + FunctionType(function) + ";");
  }
}

void Printer::InterfaceDefinition(InterfaceId id) {
  const Interface& interface = resolve_[id];
  Docs(interface.docs);
  Gates(interface.stability, std::nullopt);
  Open("interface " + EscapedLabel(interface.name));
  InterfaceItems(interface);
  Close();
}

void Printer::Item(const WorldItem& item, std::string_view keyword) {
  const std::string start = std::string(keyword) + " ";
  if (item.kind == WorldItem::Kind::kFunction) {
    Docs(item.function.docs);
    Gates(item.stability, item.function.external_id);
    return Line(start + EscapedLabel(item.name) + ": " + FunctionType(item.function) + ";");
  }
  const Interface& interface = resolve_[item.interface];
  Docs(interface.name.empty() ? interface.docs : item.docs);
  Gates(item.stability, item.external_id);
  if (item.name.empty()) return Line(start + InterfacePath(item.interface) + ";");
  if (!interface.name.empty())
    return Line(start + EscapedLabel(item.name) + ": " + InterfacePath(item.interface) + ";");
  Open(start + EscapedLabel(item.name) + ": interface");
  InterfaceItems(interface);
  Close();
}

void Printer::WorldItems(const World& world) {
  FunctionsByResource of_resource;
  std::vector<TypeId> types;
  for (const WorldItem& item : world.imports) {
    if (item.kind == WorldItem::Kind::kType) types.push_back(item.type);
    if (item.kind == WorldItem::Kind::kFunction &&
        item.function.kind != FunctionKind::kFreestanding)
      of_resource[item.function.resource.value].push_back(&item.function);
  }
  for (const WorldItem& item : world.imports)
    if (item.kind == WorldItem::Kind::kInterface && !item.implied) Item(item, "import");
  if (!types.empty()) Gap();
  Types(types, of_resource);
  if (!types.empty()) Gap();
  for (const WorldItem& item : world.imports) {
    if (item.kind == WorldItem::Kind::kFunction &&
        item.function.kind == FunctionKind::kFreestanding)
      Item(item, "import");
  }
  bool first = true;
  for (const WorldItem& item : world.exports) {
    if (std::exchange(first, false) && !out_.ends_with("\n\n")) Gap();
    Item(item, "export");
  }
  if (out_.ends_with("\n\n")) out_.pop_back();
}

void Printer::WorldDefinition(WorldId id) {
  const World& world = resolve_[id];
  Docs(world.docs);
  Gates(world.stability, std::nullopt);
  Open("world " + EscapedLabel(world.name));
  WorldItems(world);
  Close();
}

void Printer::Items(PackageId id, bool first) {
  package_ = id;
  for (InterfaceId interface : resolve_[id].interfaces) {
    if (!std::exchange(first, false)) Gap();
    InterfaceDefinition(interface);
  }
  for (WorldId world : resolve_[id].worlds) {
    if (!std::exchange(first, false)) Gap();
    WorldDefinition(world);
  }
}

void Printer::Root(PackageId id) {
  const Package& package = resolve_[id];
  Docs(package.docs);
  Line("package " + PackageText(package.name) + VersionText(package.name) + ";");
  Items(id, false);
}

void Printer::NestedPackage(PackageId id) {
  const Package& package = resolve_[id];
  Gap();
  Docs(package.docs);
  Open("package " + PackageText(package.name) + VersionText(package.name));
  Items(id, true);
  Close();
}

}  // namespace

std::string PrintPackage(const Resolve& resolve, PackageId package) {
  Printer printer(resolve);
  printer.Root(package);
  return printer.TakeText();
}

std::string PrintAll(const Resolve& resolve, PackageId root) {
  Printer printer(resolve);
  printer.Root(root);
  for (uint32_t i = 0; i < resolve.packages.size(); ++i)
    if (PackageId(i) != root) printer.NestedPackage(PackageId(i));
  return printer.TakeText();
}

std::string PrintWorld(const Resolve& resolve, WorldId world) {
  std::vector<bool> needed(resolve.interfaces.size());
  std::vector<InterfaceId> todo;
  const auto need = [&](InterfaceId id) {
    if (!needed[id.value]) todo.push_back(id);
    needed[id.value] = true;
  };
  for (const auto* items : {&resolve[world].imports, &resolve[world].exports}) {
    for (const WorldItem& item : *items)
      if (item.kind == WorldItem::Kind::kInterface) need(item.interface);
  }
  for (uint32_t i = 0; i < resolve.types.size(); ++i) {
    // What a world itself brings in by `use`.
    const TypeDef& type = resolve.types[i];
    if (type.owner != Owner::Of(world)) continue;
    if (const auto from = resolve.UsedFrom(TypeId(i))) need(*from);
  }
  while (!todo.empty()) {
    const InterfaceId id = todo.back();
    todo.pop_back();
    for (const InterfaceId used : resolve.Dependencies(id)) need(used);
  }

  Resolve pruned = resolve;
  for (Package& package : pruned.packages) {
    std::erase_if(package.interfaces, [&](InterfaceId id) { return !needed[id.value]; });
    std::erase_if(package.worlds, [&](WorldId id) { return id != world; });
  }
  Printer printer(pruned);
  const PackageId root = resolve[world].package;
  printer.Root(root);
  for (uint32_t i = 0; i < pruned.packages.size(); ++i) {
    if (PackageId(i) != root && !pruned.packages[i].interfaces.empty())
      printer.NestedPackage(PackageId(i));
  }
  return printer.TakeText();
}

std::string PrintType(const Resolve& resolve, Type type) { return Printer(resolve).TypeText(type); }

}  // namespace component::wit
