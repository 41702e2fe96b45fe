// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exported functions by name; see component_types.h.

#include "cli/component_types.h"

#include <utility>

namespace trenail::cli {
namespace {

using component::FuncType;
using component::NamedExtern;
using component::Sort;
using component::ValKind;
using component::ValType;

// Of a world there may be hundreds of functions; a type may be as large as a page.
constexpr size_t kMaxListed = 40;
constexpr size_t kMaxTypeText = 200;

std::string_view KeywordOf(ValKind kind) {
  switch (kind) {
    case ValKind::kBool:
      return "bool";
    case ValKind::kS8:
      return "s8";
    case ValKind::kU8:
      return "u8";
    case ValKind::kS16:
      return "s16";
    case ValKind::kU16:
      return "u16";
    case ValKind::kS32:
      return "s32";
    case ValKind::kU32:
      return "u32";
    case ValKind::kS64:
      return "s64";
    case ValKind::kU64:
      return "u64";
    case ValKind::kF32:
      return "f32";
    case ValKind::kF64:
      return "f64";
    case ValKind::kChar:
      return "char";
    case ValKind::kString:
      return "string";
    case ValKind::kErrorContext:
      return "error-context";
    case ValKind::kRecord:
      return "record";
    case ValKind::kVariant:
      return "variant";
    case ValKind::kList:
    case ValKind::kFixedLengthList:
      return "list";
    case ValKind::kTuple:
      return "tuple";
    case ValKind::kFlags:
      return "flags";
    case ValKind::kEnum:
      return "enum";
    case ValKind::kOption:
      return "option";
    case ValKind::kResult:
      return "result";
    case ValKind::kOwn:
      return "own";
    case ValKind::kBorrow:
      return "borrow";
    case ValKind::kStream:
      return "stream";
    case ValKind::kFuture:
      return "future";
    case ValKind::kMap:
      return "map";
  }
  return "";
}

// Writes until the text is long enough to be cut off.
class TypeText {
 public:
  void Add(const ValType* type) {
    if (out_.size() > kMaxTypeText) return;
    if (type == nullptr) {
      out_ += '_';
      return;
    }
    out_ += KeywordOf(type->kind);
    switch (type->kind) {
      case ValKind::kRecord:
      case ValKind::kFlags:
      case ValKind::kEnum:
      case ValKind::kVariant:
        Labelled(*type);
        return;
      case ValKind::kTuple: {
        std::vector<const ValType*> elements;
        for (const ValType::Field& field : type->fields) elements.push_back(field.type);
        Arguments(elements);
        return;
      }
      case ValKind::kOption:
        Arguments({type->fields[1].type});
        return;
      case ValKind::kResult:
        if (type->fields[1].type != nullptr)
          Arguments({type->fields[0].type, type->fields[1].type});
        else if (type->fields[0].type != nullptr)
          Arguments({type->fields[0].type});
        return;
      case ValKind::kFixedLengthList:
        out_ += '<';
        Add(type->element);
        out_ += ", " + std::to_string(type->length) + ">";
        return;
      case ValKind::kMap:
        Arguments({type->element->fields[0].type, type->element->fields[1].type});
        return;
      case ValKind::kList:
        Arguments({type->element});
        return;
      case ValKind::kStream:
      case ValKind::kFuture:
        if (type->element != nullptr) Arguments({type->element});
        return;
      default:
        return;
    }
  }
  std::string Take() {
    if (out_.size() > kMaxTypeText) return out_.substr(0, out_.rfind(' ', kMaxTypeText)) + " …";
    return std::move(out_);
  }

 private:
  void Arguments(const std::vector<const ValType*>& types) {
    const char* separator = "<";
    for (const ValType* type : types) {
      out_ += std::exchange(separator, ", ");
      Add(type);
    }
    out_ += types.empty() ? "" : ">";
  }
  void Labelled(const ValType& type) {
    const char* separator = " { ";
    for (const ValType::Field& field : type.fields) {
      out_ += std::exchange(separator, ", ");
      out_ += field.label;
      if (field.type == nullptr) continue;
      out_ += type.kind == ValKind::kVariant ? "(" : ": ";
      Add(field.type);
      out_ += type.kind == ValKind::kVariant ? ")" : "";
    }
    out_ += " }";
  }

  std::string out_;
};

std::string_view WithoutVersion(std::string_view interface) {
  return interface.substr(0, interface.find('@'));
}

// "ns:pkg/iface@1.0.0" is meant by "ns:pkg/iface" and "iface" too.
bool Means(std::string_view written, std::string_view interface) {
  if (written == interface) return true;
  const std::string_view plain = WithoutVersion(interface);
  return written == plain || written == plain.substr(plain.rfind('/') + 1);
}

std::unexpected<Error> NotFound(std::string message, const std::vector<ExportedFunc>& functions) {
  return std::unexpected(Error(ErrorKind::kHost, std::move(message) + ListFuncs(functions)));
}

}  // namespace

std::string DescribeType(const ValType& type) {
  TypeText text;
  text.Add(&type);
  return text.Take();
}

std::string DescribeFunc(std::string_view name, const FuncType& type) {
  std::string text = type.is_async ? "async " : "";
  text += name;
  text += '(';
  for (const ValType::Field& param : type.params) {
    if (&param != &type.params.front()) text += ", ";
    text += param.label + ": " + DescribeType(*param.type);
  }
  text += ')';
  if (type.result != nullptr) text += " -> " + DescribeType(*type.result);
  return text;
}

std::optional<ComponentFunc> ExportedFunc::In(const ComponentInstance& instance) const {
  return interface.empty() ? instance.GetFunc(name) : instance.GetFunc({interface, name});
}

std::vector<ExportedFunc> ExportedFuncs(const Component& component) {
  std::vector<ExportedFunc> functions;
  for (const NamedExtern& item : component.exports()) {
    if (item.type.sort == Sort::kFunc) functions.push_back({"", item.name.name, item.type.func});
    if (item.type.sort != Sort::kInstance) continue;
    for (const NamedExtern& inner : item.type.instance->exports) {
      if (inner.type.sort == Sort::kFunc)
        functions.push_back({item.name.name, inner.name.name, inner.type.func});
    }
  }
  return functions;
}

Result<ExportedFunc> FindFunc(const std::vector<ExportedFunc>& functions,
                              const component::wave::Call& call) {
  std::vector<ExportedFunc> found;
  for (const ExportedFunc& function : functions) {
    // Names that are written as they are exported are never ambiguous.
    if (call.callee == function.full_name()) return function;
    if (call.interface.empty() && function.interface.empty() && call.function == function.name)
      return function;
    if (call.function == function.name &&
        (call.interface.empty() || Means(call.interface, function.interface)))
      found.push_back(function);
  }
  if (found.size() == 1) return std::move(found.front());
  const std::string name = "\"" + std::string(call.callee) + "\"";
  if (!found.empty()) return NotFound("several functions are called " + name + ":", found);
  if (functions.empty()) {
    return std::unexpected(Error(ErrorKind::kHost, "no exported function is called " + name +
                                                       "; the component exports none"));
  }
  return NotFound("no exported function is called " + name + "; there are:", functions);
}

std::string ListFuncs(const std::vector<ExportedFunc>& functions) {
  std::string text;
  for (const ExportedFunc& function : functions) {
    if (static_cast<size_t>(&function - functions.data()) == kMaxListed) {
      text += "\n  … and " + std::to_string(functions.size() - kMaxListed) + " more";
      break;
    }
    text += "\n  " + DescribeFunc(function.full_name(), *function.type);
  }
  return text;
}

}  // namespace trenail::cli
