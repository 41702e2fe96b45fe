// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Planning a call says what is wrong with it, with a mark below the place, before anything is made.

#include "cli/component_call.h"

#include <cstdio>
#include <utility>

#include "libcomponent/types/subtyping.h"

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

// Writes until the text is long enough to be cut off.
class TypeText {
 public:
  void Add(const ValType* type) {
    if (out_.size() > kMaxTypeText) return;
    if (type == nullptr) {
      out_ += '_';
      return;
    }
    // A list of a fixed length is one that says its length.
    out_ +=
        component::KindName(type->kind == ValKind::kFixedLengthList ? ValKind::kList : type->kind);
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

// ---- calls -------------------------------------------------------------------------------------

namespace {

constexpr std::string_view kRunInterface = "wasi:cli/run";

// The call as it was written, and a mark below the place that is wrong.
Error InCall(const Error& error, const std::string& call) {
  std::string message = "--invoke: " + error.message();
  const auto& position = error.position();
  if (position && position->line == 1 && call.find('\n') == std::string::npos) {
    message += "\n  " + call + "\n  " + std::string(position->column - 1, ' ') + "^";
  }
  return Error(ErrorKind::kHost, std::move(message));
}

Result<PlannedCall> PlanInvocation(const std::vector<ExportedFunc>& functions,
                                   const std::string& text) {
  const Result<component::wave::Call> call = component::wave::ParseCall(text);
  if (!call) return std::unexpected(InCall(call.error(), text));
  PlannedCall plan{.function = TRY(FindFunc(functions, *call))};
  Result<std::vector<ComponentValue>> arguments =
      component::wave::ParseArguments(*call, *plan.function.type);
  if (!arguments) {
    Error error = InCall(arguments.error(), text);
    return std::unexpected(
        Error(ErrorKind::kHost, error.message() + "\nit is " +
                                    DescribeFunc(plan.function.full_name(), *plan.function.type)));
  }
  plan.arguments = std::move(*arguments);
  return plan;
}

}  // namespace

Result<PlannedCall> PlanCall(const Component& component, const std::string& invoke) {
  const std::vector<ExportedFunc> functions = ExportedFuncs(component);
  if (!invoke.empty()) return PlanInvocation(functions, invoke);
  // Components of today export it for 0.2 and 0.3: the newest is what they are written for.
  const ExportedFunc* newest = nullptr;
  for (const ExportedFunc& function : functions) {
    const std::string_view interface = function.interface;
    if (interface.substr(0, interface.find('@')) == kRunInterface && function.name == "run" &&
        function.type->params.empty() &&
        (newest == nullptr || newest->interface < function.interface))
      newest = &function;
  }
  if (newest != nullptr) return PlannedCall{.function = *newest, .is_command = true};
  std::string message = "there is no wasi:cli/run to run";
  if (functions.empty()) {
    message += ", and no function is exported";
  } else {
    message += "; --invoke '" + functions.front().name + "(…)' calls one of" + ListFuncs(functions);
  }
  return std::unexpected(Error(ErrorKind::kHost, std::move(message)));
}

Result<void> MakeCall(const PlannedCall& plan, const ComponentInstance& instance) {
  const std::optional<ComponentFunc> function = plan.function.In(instance);
  if (!function) {
    return std::unexpected(
        Error(ErrorKind::kHost, "the instance does not export " + plan.function.full_name()));
  }
  const ComponentValue result = TRY(function->Call(plan.arguments));
  const component::ValType* const type = plan.function.type->result;
  if (type == nullptr) return {};
  if (!plan.is_command) {
    const std::string text = component::wave::Print(result, *type);
    std::printf("%s\n", text.c_str());
  } else if (type->kind == component::ValKind::kResult && result.case_index() != 0) {
    // [wasi:cli/run]: err says no more than that it did not succeed.
    return std::unexpected(Error::Exit(1));
  }
  return {};
}

}  // namespace trenail::cli
