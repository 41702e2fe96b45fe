// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/bind/cpp_types.h"

#include <algorithm>

namespace component::bind {
namespace {

using wit::TypeDef;
using wit::TypeDefKind;
using wit::TypeKind;

// Longer ones would not fit on a stack.
constexpr uint32_t kMaxArray = 1024;

std::string_view Scalar(TypeKind kind) {
  switch (kind) {
    case TypeKind::kBool:
      return "bool";
    case TypeKind::kS8:
      return "int8_t";
    case TypeKind::kU8:
      return "uint8_t";
    case TypeKind::kS16:
      return "int16_t";
    case TypeKind::kU16:
      return "uint16_t";
    case TypeKind::kS32:
      return "int32_t";
    case TypeKind::kU32:
      return "uint32_t";
    case TypeKind::kS64:
      return "int64_t";
    case TypeKind::kU64:
      return "uint64_t";
    case TypeKind::kF32:
      return "float";
    case TypeKind::kF64:
      return "double";
    case TypeKind::kChar:
      return "char32_t";
    case TypeKind::kString:
      return "std::string";
    default:
      return "";
  }
}

// What a field is before anything is assigned to it, where its type does not say so.
std::string Initializer(const CppTypes& types, const std::optional<wit::Type>& type) {
  if (type->kind == TypeKind::kString || type->kind == TypeKind::kErrorContext) return "";
  if (type->kind == TypeKind::kBool) return " = false";
  if (type->kind != TypeKind::kDefined) return " = 0";
  const wit::Type target = types.resolve().Dealias(*type);
  if (target.kind != TypeKind::kDefined) return Initializer(types, target);
  const TypeDefKind kind = types.resolve()[target.id].kind;
  return kind == TypeDefKind::kEnum || kind == TypeDefKind::kFixedLengthList ? " = {}" : "";
}

}  // namespace

std::string DiscriminantType(size_t cases) {
  return cases <= 256 ? "uint8_t" : cases <= 65536 ? "uint16_t" : "uint32_t";
}
std::string UnsignedFor(size_t bits) {
  return bits <= 8 ? "uint8_t" : bits <= 16 ? "uint16_t" : "uint32_t";
}

std::vector<std::string> FieldNames(const std::vector<wit::Case>& cases) {
  UniqueNames names;
  std::vector<std::string> out;
  for (const wit::Case& item : cases) out.push_back(names.Add(SnakeCase(item.name)));
  return out;
}

std::string CppTypes::Spell(const std::optional<wit::Type>& type, const Place& place,
                            const Path& scope) {
  if (!type) return "void";
  if (type->kind == TypeKind::kErrorContext) return SpellErrorContext();
  if (type->kind != TypeKind::kDefined) return std::string(Scalar(type->kind));
  const TypeDef& def = resolve()[type->id];
  if (!def.name.empty()) {
    if (def.kind == TypeDefKind::kResource) return Handle(HandleKind::kOwn, type->id, place, scope);
    const wit::Type target = resolve().Dealias(*type);
    if (target.kind == TypeKind::kDefined && resolve()[target.id].kind == TypeDefKind::kResource)
      return Handle(HandleKind::kOwn, type->id, place, scope);
    if (!expand_) return model_.scopes().Reference(scope, model_.PathOf(type->id, place));
    const Place* at = &model_.PlaceOf(type->id, place);
    switch (def.kind) {
      case TypeDefKind::kRecord:
      case TypeDefKind::kVariant:
      case TypeDefKind::kEnum:
      case TypeDefKind::kFlags:
        if (at->twin && !model_.TraitsOf(*type).resource) at = &model_.places()[*at->twin];
        return model_.scopes().Reference(scope, model_.PathOf(type->id, *at));
      case TypeDefKind::kAlias:
        return Spell(def.args[0], *at, scope);
      default:
        return SpellDefinition(def, *at, scope);
    }
  }
  return SpellDefinition(def, place, scope);
}

std::string CppTypes::Handle(HandleKind kind, wit::TypeId id, const Place& place,
                             const Path& scope) {
  const Model::Resource resource = model_.ResourceOf(id, place);
  const Path path =
      expand_ ? model_.PathOf(resource.type, *resource.place) : model_.PathOf(id, place);
  return SpellHandle(kind, resource, model_.scopes().Reference(scope, path));
}

std::string CppTypes::SpellDefinition(const TypeDef& def, const Place& place, const Path& scope) {
  const auto argument = [&](size_t i) { return Spell(def.args[i], place, scope); };
  switch (def.kind) {
    case TypeDefKind::kTuple: {
      std::string out = "std::tuple<";
      for (size_t i = 0; i < def.args.size(); ++i) out += (i == 0 ? "" : ", ") + argument(i);
      return out + ">";
    }
    case TypeDefKind::kOption:
      return "std::optional<" + argument(0) + ">";
    case TypeDefKind::kResult:
      return "std::expected<" + argument(0) + ", " +
             (def.args[1] ? argument(1) : "std::monostate") + ">";
    case TypeDefKind::kList:
      return "std::vector<" + argument(0) + ">";
    case TypeDefKind::kFixedLengthList:
      if (def.length > kMaxArray) return "std::vector<" + argument(0) + ">";
      return "std::array<" + argument(0) + ", " + std::to_string(def.length) + ">";
    case TypeDefKind::kMap:
      return "std::vector<std::tuple<" + argument(0) + ", " + argument(1) + ">>";
    case TypeDefKind::kFuture:
    case TypeDefKind::kStream:
      return SpellStream(def.kind == TypeDefKind::kFuture, argument(0));
    case TypeDefKind::kOwn:
    case TypeDefKind::kBorrow:
      return Handle(def.kind == TypeDefKind::kOwn ? HandleKind::kOwn : HandleKind::kBorrow,
                    def.args[0]->id, place, scope);
    case TypeDefKind::kAlias:
      return argument(0);
    default:
      return "void";
  }
}

void CppTypes::DeclareRecord(Text& text, const Place& place, wit::TypeId id) {
  const TypeDef& def = resolve()[id];
  const std::string& name = place.type_names.at(id.value);
  const std::vector<std::string> fields = FieldNames(def.cases);
  Path scope = place.path;
  scope.push_back(name);
  for (const std::string& field : fields) model_.scopes().Open(scope, field);
  text.Comment(def.docs);
  text.Line("struct " + name + " {");
  text.Indent();
  for (size_t i = 0; i < fields.size(); ++i) {
    text.Comment(def.cases[i].docs);
    text.Line(Spell(def.cases[i].type, place, scope) + " " + fields[i] +
              Initializer(*this, def.cases[i].type) + ";");
  }
  if (IsPlain(wit::Type::Of(id))) {
    text.Gap();
    text.Line("bool operator==(const " + name + "&) const = default;");
  }
  RecordBody(text, name, fields);
  text.Outdent();
  text.Line("};");
}

void CppTypes::DeclareVariant(Text& text, const Place& place, wit::TypeId id) {
  const TypeDef& def = resolve()[id];
  const std::string& name = place.type_names.at(id.value);
  Path scope = place.path;
  scope.push_back(name);
  model_.scopes().Open(scope, name);
  model_.scopes().Open(scope, "cases");
  std::vector<std::string> names;
  for (const wit::Case& item : def.cases)
    names.push_back(model_.scopes().Declare(scope, CamelCase(item.name)));
  text.Comment(def.docs);
  text.Line("struct " + name + " {");
  text.Indent();
  std::vector<bool> comparable;
  for (size_t i = 0; i < names.size(); ++i) {
    Path inner = scope;
    inner.push_back(names[i]);
    model_.scopes().Open(inner, "value");
    model_.scopes().Open(inner, names[i]);
    const wit::Case& item = def.cases[i];
    text.Comment(item.docs);
    text.Line("struct " + names[i] + " {");
    text.Indent();
    if (item.type)
      // Without a default: it would be known only when the class around this one is complete.
      text.Line(Spell(item.type, place, inner) + " value;");
    if (!item.type || IsPlain(*item.type))
      text.Line("bool operator==(const " + names[i] + "&) const = default;");
    text.Outdent();
    text.Line("};");
  }
  text.Gap();
  std::string line = "std::variant<";
  size_t column = text.indent() + line.size();
  const std::string padding(line.size(), ' ');
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string item = names[i] + (i + 1 == names.size() ? "> cases;" : ",");
    if (column + item.size() + 1 > Text::kWidth && i != 0) {
      text.Line(line);
      line = padding;
      column = text.indent() + padding.size();
    } else if (i != 0) {
      line += ' ';
      ++column;
    }
    line += item;
    column += item.size();
  }
  text.Line(line);
  if (IsPlain(wit::Type::Of(id))) {
    text.Gap();
    text.Line("bool operator==(const " + name + "&) const = default;");
  }
  VariantBody(text);
  text.Outdent();
  text.Line("};");
}

void CppTypes::DeclareEnum(Text& text, const Place& place, wit::TypeId id) {
  const TypeDef& def = resolve()[id];
  const std::string& name = place.type_names.at(id.value);
  text.Comment(def.docs);
  text.Line("enum class " + name + " : " + DiscriminantType(def.cases.size()) + " {");
  text.Indent();
  UniqueNames names;
  for (const wit::Case& item : def.cases) {
    text.Comment(item.docs);
    text.Line(names.Add("k" + CamelCase(item.name)) + ",");
  }
  text.Outdent();
  text.Line("};");
  AfterEnum(text, name, def.cases.size());
}

void CppTypes::DeclareFlags(Text& text, const Place& place, wit::TypeId id) {
  const TypeDef& def = resolve()[id];
  const std::string& name = place.type_names.at(id.value);
  text.Comment(def.docs);
  text.Line("struct " + name + " : " +
            FlagsBase(name, UnsignedFor(def.cases.size()), def.cases.size()) + " {");
  text.Indent();
  UniqueNames unique;
  std::vector<std::string> names;
  for (const wit::Case& item : def.cases) {
    names.push_back(unique.Add("k" + CamelCase(item.name)));
    text.Comment(item.docs);
    text.Line("static const " + name + " " + names.back() + ";");
  }
  text.Outdent();
  text.Line("};");
  for (size_t i = 0; i < names.size(); ++i)
    text.Line("inline constexpr " + name + " " + name + "::" + names[i] + " = " + name + "::Bit(" +
              std::to_string(i) + ");");
}

void CppTypes::DeclareAlias(Text& text, const Place& place, wit::TypeId id) {
  const TypeDef& def = resolve()[id];
  text.Comment(def.docs);
  std::string target;
  const wit::Type type = resolve().Dealias(wit::Type::Of(id));
  if (def.kind == TypeDefKind::kAlias && type.kind == TypeKind::kDefined &&
      resolve()[type.id].kind == TypeDefKind::kResource) {
    // The class, not a handle to one.
    const Model::Resource resource = model_.ResourceOf(id, place);
    target = model_.scopes().Reference(place.path, model_.PathOf(resource.type, *resource.place));
  } else if (def.kind == TypeDefKind::kAlias) {
    target = Spell(def.args[0], place, place.path);
  } else {
    // A name for what has no name of its own: `type x = list<u8>`.
    TypeDef anonymous = def;
    anonymous.name.clear();
    target = SpellDefinition(anonymous, place, place.path);
  }
  text.Line("using " + place.type_names.at(id.value) + " = " + target + ";");
}

void CppTypes::DeclareTypes(Text& text, const Place& place) {
  const Place* const twin = place.twin ? &model_.places()[*place.twin] : nullptr;
  const auto is_alias = [&](wit::TypeId id) {
    switch (resolve()[id].kind) {
      case TypeDefKind::kRecord:
      case TypeDefKind::kVariant:
      case TypeDefKind::kEnum:
      case TypeDefKind::kFlags:
      case TypeDefKind::kResource:
        return twin != nullptr && !model_.TraitsOf(wit::Type::Of(id)).resource;
      default:
        return true;
    }
  };
  bool resources = false;
  for (const wit::TypeId id : place.types)
    resources |= resolve()[id].kind == TypeDefKind::kResource;
  const auto each = [&](auto wanted, auto declare) {
    for (const wit::TypeId id : place.types)
      if (wanted(id)) declare(id);
  };
  const auto kind_is = [&](TypeDefKind kind) {
    return [this, kind, &is_alias](wit::TypeId id) {
      return resolve()[id].kind == kind && !is_alias(id);
    };
  };
  const auto declare = [&](wit::TypeId id) {
    if (!is_alias(id) || !resolve()[id].docs.empty()) text.Gap();
    if (is_alias(id)) {
      if (twin != nullptr && !model_.TraitsOf(wit::Type::Of(id)).resource) {
        Path target = twin->path;
        target.push_back(twin->type_names.at(id.value));
        text.Line("using " + place.type_names.at(id.value) + " = " +
                  model_.scopes().Reference(place.path, target) + ";");
      } else {
        DeclareAlias(text, place, id);
      }
      return;
    }
    switch (resolve()[id].kind) {
      case TypeDefKind::kRecord:
        DeclareRecord(text, place, id);
        break;
      case TypeDefKind::kVariant:
        DeclareVariant(text, place, id);
        break;
      case TypeDefKind::kEnum:
        DeclareEnum(text, place, id);
        break;
      case TypeDefKind::kFlags:
        DeclareFlags(text, place, id);
        break;
      default:
        DeclareResource(text, place, id);
        break;
    }
    text.Gap();
  };
  if (!resources) {
    each([](wit::TypeId) { return true; }, declare);
    return;
  }
  // Methods mention types that stand behind their resource, and these may have handles to it.
  each(
      [&](wit::TypeId id) {
        const TypeDefKind kind = resolve()[id].kind;
        return !is_alias(id) && (kind == TypeDefKind::kRecord || kind == TypeDefKind::kVariant ||
                                 kind == TypeDefKind::kResource);
      },
      [&](wit::TypeId id) {
        text.Line((resolve()[id].kind == TypeDefKind::kResource ? "class " : "struct ") +
                  place.type_names.at(id.value) + ";");
      });
  text.Gap();
  each(kind_is(TypeDefKind::kEnum), declare);
  each(kind_is(TypeDefKind::kFlags), declare);
  each(is_alias, declare);
  text.Gap();
  each(kind_is(TypeDefKind::kResource), declare);
  each(
      [&](wit::TypeId id) {
        return kind_is(TypeDefKind::kRecord)(id) || kind_is(TypeDefKind::kVariant)(id);
      },
      declare);
}

}  // namespace component::bind
