// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Guests in C++: imports are functions and classes, exports are declared and for the guest to
// define. Lowering and lifting are templates over the types (guest_runtime.cc); what is generated
// are core functions and their names.

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "libcomponent/bind/bind.h"
#include "libcomponent/bind/cpp_records.h"
#include "libcomponent/bind/cpp_types.h"
#include "libcomponent/bind/guest.h"
#include "libcomponent/bind/model.h"
#include "libcomponent/bind/text.h"
#include "libcomponent/encode/signature.h"

namespace component::bind {
namespace {

using encode::Abi;
using wit::Function;
using wit::FunctionKind;
using wit::TypeDefKind;
using wit::TypeKind;

constexpr std::string_view kBorrow = "trenail::Borrow<";

// Once in a module, whatever it is linked of.
constexpr std::string_view kPreamble = R"(#ifndef TRENAIL_CABI_REALLOC
#define TRENAIL_CABI_REALLOC
extern "C" TRENAIL_EXPORT("cabi_realloc")
__attribute__((__weak__)) void* cabi_realloc(void* block, size_t, size_t align, size_t size) {
  if (size == 0) return reinterpret_cast<void*>(align);
  void* const out = std::realloc(block, size);
  if (out == nullptr) std::abort();
  return out;
}

#ifdef _LIBCPP_VERSION
// What cannot go on traps, instead of writing to a standard error that the world may not have.
#ifndef _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#define _LIBCPP_VERBOSE_ABORT_NOEXCEPT
#endif
[[noreturn]] __attribute__((__weak__)) void std::__libcpp_verbose_abort(const char*, ...)
    _LIBCPP_VERBOSE_ABORT_NOEXCEPT {
  __builtin_trap();
}
extern "C" [[noreturn]] __attribute__((__weak__)) void abort_message(const char*, ...) {
  __builtin_trap();
}
#endif
#endif
)";

class GuestTypes : public CppRecords {
 public:
  using CppRecords::CppRecords;
  std::function<void(Text&, const Place&, wit::TypeId)> declare_resource;

 protected:
  std::string SpellHandle(HandleKind kind, const Model::Resource& resource,
                          const std::string& name) override {
    if (kind == HandleKind::kBorrow) return std::string(kBorrow) + name + ">";
    return resource.place->is_export ? "trenail::Own<" + name + ">" : name;
  }
  std::string SpellStream(bool is_future, const std::string& element) override {
    return std::string(is_future ? "trenail::FutureReader<" : "trenail::StreamReader<") +
           (element == "void" ? "std::monostate" : element) + ">";
  }
  std::string SpellErrorContext() override { return "trenail::ErrorContext"; }
  void DeclareResource(Text& text, const Place& place, wit::TypeId id) override {
    declare_resource(text, place, id);
  }
  std::string FlagsBase(const std::string& name, const std::string& bits, size_t labels) override {
    return "trenail::Flags<" + name + ", " + bits + ", " + std::to_string(labels) + ">";
  }
};

class GuestGenerator {
 public:
  GuestGenerator(const wit::Resolve& resolve, wit::WorldId world, const BindOptions& options)
      : options_(options),
        model_(resolve, world, {.outer = options.outer, .reserved = {}}),
        types_(model_),
        stem_(FileStem(resolve, world)),
        prefix_(Join(model_.root(), "_")) {
    types_.declare_resource = [this](Text& text, const Place& place, wit::TypeId id) {
      DeclareResource(text, place, id);
    };
    for (const Place& place : model_.places()) {
      for (const Function* function : place.functions) NameFunction(*function, place);
      for (const Function* function : place.export_functions) NameFunction(*function, place);
    }
  }

  GeneratedFiles Generate() {
    Text header;
    const std::string guard = UpperCase(prefix_) + "_" + UpperCase(stem_) + "_H_";
    header.Line(FirstLine());
    header.Line();
    header.Line("#ifndef " + guard);
    header.Line("#define " + guard);
    header.Line();
    header.Line("#include \"trenail_guest.h\"");
    header.Line();
    source_.Line(FirstLine());
    source_.Line();
    source_.Line("#include " + CString(stem_ + ".h"));
    source_.Line();
    source_.Append(kPreamble);
    source_.Gap();
    for (const Place& place : model_.places()) {
      Text declared, defined;
      types_.DeclareTypes(declared, place);
      for (const wit::TypeId id : place.types)
        if (resolve()[id].kind == TypeDefKind::kResource) DefineResource(defined, place, id);
      for (const Function* function : place.functions)
        AddFunction(declared, defined, *function, place, place.is_export);
      if (!place.export_functions.empty()) {
        declared.Gap();
        declared.Comment("Exports, for the guest to define.");
      }
      for (const Function* function : place.export_functions)
        AddFunction(declared, defined, *function, place, true);
      if (!declared.str().empty()) {
        header.Comment(place.interface ? (place.is_export ? "Exported, for the guest to define: `"
                                                          : "Imported: `") +
                                             place.name + "`."
                                       : "");
        header.Comment(place.docs);
        WriteNamespace(header, place.path, declared);
      }
      if (!defined.str().empty()) WriteNamespace(source_, place.path, defined);
    }
    Streams(header);
    header.Gap();
    header.Line("#endif  // " + guard);
    WriteWorldSection(source_, model_);
    std::string runtime = FirstLine();
    runtime.replace(runtime.find(" from the world"), std::string::npos, ". Do not edit.");
    runtime += "\n//\n// What bindings of guests stand on, whatever the world.\n";
    runtime += GuestRuntimeTypes();
    runtime += GuestRuntimeAbi();
    return {{stem_ + ".h", header.Take()},
            {stem_ + ".cc", source_.Take()},
            {"trenail_guest.h", std::move(runtime)}};
  }

 private:
  const wit::Resolve& resolve() const { return model_.resolve(); }
  std::string FirstLine() const {
    return "// Generated by " + options_.generator + " from the world " +
           resolve().NameOf(model_.world_id()) + ". Do not edit.";
  }
  static void WriteNamespace(Text& out, const Path& path, const Text& body) {
    out.Line("namespace " + Join(path, "::") + " {");
    out.Line();
    out.Append(body);
    out.Gap();
    out.Line("}  // namespace " + Join(path, "::"));
    out.Line();
  }
  static Path In(const Place& place, const std::string& name) {
    Path path = place.path;
    path.push_back(name);
    return path;
  }
  static bool IsMethod(const Function& function) { return function.kind == FunctionKind::kMethod; }
  std::string ResourceName(const Place& place, const Function& function) const {
    return place.type_names.at(function.resource.value);
  }

  void NameFunction(const Function& function, const Place& place) {
    std::string name = CamelCase(function.ItemName());
    Path scope = place.path;
    switch (function.kind) {
      case FunctionKind::kMethod:
        scope = In(place, ResourceName(place, function));
        if (!model_.scopes().Has(scope, scope.back())) {
          model_.scopes().Open(scope, scope.back());
          for (const char* taken : {"ComponentNew", "ComponentRep", "ComponentDrop", "Release",
                                    "Of", "handle", "Resource"})
            model_.scopes().Open(scope, taken);
        }
        break;
      case FunctionKind::kConstructor:
        name = "New" + ResourceName(place, function);
        break;
      case FunctionKind::kStatic:
        name = ResourceName(place, function) + name;
        break;
      default:
        break;
    }
    names_[&function] = model_.scopes().Declare(scope, name);
  }

  // ---- types of parameters

  bool IsPlain(wit::Type type) const { return !model_.TraitsOf(type).handle(); }

  // Of an import, as long as the call lasts; of an export, with its memory.
  std::string Parameter(wit::Type type, const Place& place, const Path& scope, bool owned) {
    const wit::Type target = resolve().Dealias(type);
    const std::string spelled = types_.Spell(type, place, scope);
    if (owned) return spelled;
    if (target.kind == TypeKind::kString) return "std::string_view";
    if (target.kind != TypeKind::kDefined || !IsPlain(target)) return spelled;
    const wit::TypeDef& def = resolve()[target.id];
    if (def.kind == TypeDefKind::kEnum || def.kind == TypeDefKind::kFlags) return spelled;
    if (def.kind == TypeDefKind::kList && resolve().Dealias(*def.args[0]).kind != TypeKind::kBool) {
      const Model::Target list = model_.Dealias(type, place);
      return "std::span<const " +
             types_.Spell(resolve()[list.type.id].args[0], *list.place, scope) + ">";
    }
    return "const " + spelled + "&";
  }

  struct Signature {
    std::vector<std::string> declared;  // type and name
    std::vector<std::string> names;
    std::vector<std::string> abi;  // the types that are lowered or lifted, self in front
    std::string result;
  };
  Signature SignatureOf(const Function& function, const Place& place, const Path& scope,
                        bool exported) {
    Signature out;
    UniqueNames names({"slots", "scratch", "args", "result", "slot", "done", "p0"});
    for (size_t i = 0; i < function.params.size(); ++i) {
      const wit::Param& param = function.params[i];
      std::string type = Parameter(param.type, place, scope, exported);
      std::string abi = type;
      if (abi.starts_with("const ") && abi.ends_with('&')) abi = abi.substr(6, abi.size() - 7);
      out.abi.push_back(abi);
      if (i == 0 && IsMethod(function)) continue;
      // A borrow as a reference: of what the guest owns, or is.
      if (type.starts_with(kBorrow)) {
        const std::string resource = type.substr(kBorrow.size(), type.size() - kBorrow.size() - 1);
        if (!exported)
          type = "const " + resource + "&";
        else if (OfExport(param.type, place))
          type = resource + "&";
      }
      out.names.push_back(names.Add(SnakeCase(param.name)));
      out.declared.push_back(type + " " + out.names.back());
    }
    out.result = types_.Spell(function.result, place, scope);
    return out;
  }
  // Whether a handle's resource is one of this guest's.
  bool OfExport(wit::Type type, const Place& place) const {
    const Model::Target target = model_.Dealias(type, place);
    const wit::TypeDef& def = resolve()[target.type.id];
    const wit::TypeId resource =
        def.kind == TypeDefKind::kResource ? target.type.id : def.args[0]->id;
    return model_.ResourceOf(resource, *target.place).place->is_export;
  }

  // ---- functions

  Path ScopeOf(const Function& function, const Place& place) const {
    return IsMethod(function) ? In(place, ResourceName(place, function)) : place.path;
  }

  void AddFunction(Text& declared, Text& defined, const Function& function, const Place& place,
                   bool exported) {
    if (!IsMethod(function)) {
      declared.Gap();
      DeclareFunction(declared, function, place, exported);
    }
    defined.Gap();
    if (exported)
      DefineExport(defined, function, place);
    else
      DefineImport(defined, function, place);
  }

  // With what stands around a method's declaration in its class.
  void DeclareFunction(Text& text, const Function& function, const Place& place, bool exported) {
    text.Comment(function.docs);
    Signature signature = SignatureOf(function, place, ScopeOf(function, place), exported);
    std::string result = signature.result;
    if (exported && function.is_async) {
      signature.declared.insert(signature.declared.begin(),
                                "trenail::Completion<" + result + "> done");
      result = "void";
    }
    const bool is_method = IsMethod(function);
    text.List((is_method && exported ? "virtual " : "") + result + " " + names_[&function],
              signature.declared,
              !is_method ? ";"
              : exported ? " = 0;"
                         : " const;");
  }

  std::string NewSymbol(const std::string& what) {
    return prefix_ + "_" + what + "_" + std::to_string(symbols_++);
  }
  static std::vector<std::string> CoreParams(const wasm::FuncType& type) {
    std::vector<std::string> out;
    for (size_t i = 0; i < type.params.size(); ++i)
      out.push_back(CoreType(type.params[i]) + " p" + std::to_string(i));
    return out;
  }
  static std::string CoreResult(const wasm::FuncType& type) {
    return type.results.empty() ? "void" : CoreType(type.results[0]);
  }
  static std::string ListOf(const std::vector<std::string>& items) {
    std::string out;
    for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
    return out;
  }
  // `using Params = …;`
  static void Alias(Text& text, const std::vector<std::string>& types) {
    std::string line = "using Params = trenail::Sequence<";
    const std::string padding(line.size(), ' ');
    for (size_t i = 0; i < types.size(); ++i) {
      const std::string item = types[i] + (i + 1 == types.size() ? ">;" : ",");
      if (i != 0 && text.indent() + line.size() + item.size() + 1 > Text::kWidth) {
        text.Line(line);
        line = padding;
      } else if (i != 0) {
        line += ' ';
      }
      line += item;
    }
    text.Line(line);
  }
  // What is passed to a core function for values in `slots`.
  static std::vector<std::string> FromSlots(const wasm::FuncType& type, size_t count) {
    std::vector<std::string> out;
    for (size_t i = 0; i < count; ++i)
      out.push_back(FromSlot(type.params[i], "slots[" + std::to_string(i) + "]", "trenail::"));
    return out;
  }

  void DefineImport(Text& text, const Function& function, const Place& place) {
    const encode::FlatFunction flat = encode::Flatten(resolve(), function, Abi::kImport);
    const Path scope = ScopeOf(function, place);
    const Signature signature = SignatureOf(function, place, scope, false);
    const std::string import = NewSymbol("import");
    text.Line("extern \"C\" TRENAIL_IMPORT(" + CString(ImportModule(place)) + ", " +
              CString(function.name) + ")");
    text.List(CoreResult(flat.type) + " " + import, CoreParams(flat.type), ";");
    const bool is_method = IsMethod(function);
    const Signature outside = SignatureOf(function, place, place.path, false);
    text.List(outside.result + " " + (is_method ? scope.back() + "::" : "") + names_[&function],
              signature.declared, is_method ? " const {" : " {");
    text.Indent();
    std::vector<std::string> values = signature.names;
    if (is_method) values.insert(values.begin(), "*this");
    std::vector<std::string> passed;
    if (!values.empty()) {
      Alias(text, signature.abi);
      text.Line("trenail::Scratch scratch;");
      if (flat.params_in_memory) {
        text.Line("trenail::Area<Params::kSize> args;");
        values.insert(values.begin(), {"args.bytes", "scratch"});
        text.List("Params::Store", values, ";");
        passed.push_back("(int32_t)trenail::Address(args.bytes)");
      } else {
        const size_t count = flat.type.params.size() - (flat.result_in_memory ? 1 : 0);
        text.Line("uint64_t slots[Params::kFlat + 1];");
        values.insert(values.begin(), {"slots", "scratch"});
        text.List("Params::Lower", values, ";");
        passed = FromSlots(flat.type, count);
      }
    }
    if (flat.result_in_memory) {
      text.Line("trenail::Area<trenail::Abi<" + signature.result + ">::kSize> result;");
      passed.push_back("(int32_t)trenail::Address(result.bytes)");
      text.List(import, passed, ";");
      text.Line("return trenail::Abi<" + signature.result + ">::Load(result.bytes);");
    } else if (!flat.type.results.empty()) {
      text.Line("const uint64_t slot = " +
                ToSlot(flat.type.results[0], import + "(" + ListOf(passed) + ")", "trenail::") +
                ";");
      text.Line("return trenail::Abi<" + signature.result + ">::Lift(&slot);");
    } else {
      text.List(import, passed, ";");
      if (function.result) text.Line("return {};");
    }
    text.Outdent();
    text.Line("}");
  }

  void DefineExport(Text& text, const Function& function, const Place& place) {
    const encode::FlatFunction flat =
        encode::Flatten(resolve(), function, function.is_async ? Abi::kExportAsync : Abi::kExport);
    const Signature signature = SignatureOf(function, place, place.path, true);
    const std::string name = ExportName(place, function.name);
    const std::string symbol = NewSymbol("export");
    const bool is_method = IsMethod(function);
    std::string finish;
    if (function.is_async) {
      finish = symbol + "_finish";
      DefineTaskReturn(text, function, place, signature.result, finish);
    } else if (flat.result_in_memory) {
      text.Line("static trenail::Returned<" + signature.result + "> " + symbol + "_returned;");
    }
    text.Line("extern \"C\" TRENAIL_EXPORT(" +
              CString((function.is_async ? "[async-lift]" : "") + name) + ")");
    std::vector<std::string> core = CoreParams(flat.type);
    text.List(CoreResult(flat.type) + " " + symbol, core, " {");
    text.Indent();
    std::vector<std::string> passed;
    if (!signature.abi.empty()) {
      Alias(text, signature.abi);
      const std::string unused = signature.abi.empty() ? "[[maybe_unused]] " : "";
      if (flat.params_in_memory) {
        text.Line("auto* const area = trenail::Pointer<uint8_t>((uint32_t)p0);");
        text.Line("[[maybe_unused]] auto args = Params::Load(area);");
        text.Line("std::free(area);");
      } else {
        std::vector<std::string> slots;
        for (size_t i = 0; i < core.size(); ++i)
          slots.push_back(ToSlot(flat.type.params[i], "p" + std::to_string(i), "trenail::"));
        if (slots.empty()) slots.push_back("0");
        text.Line("const uint64_t slots[] = {");
        for (const std::string& slot : slots) text.Line("    " + slot + ",");
        text.Line("};");
        text.Line("[[maybe_unused]] auto args = Params::Lift(slots);");
      }
    }
    for (size_t i = is_method ? 1 : 0; i < function.params.size(); ++i) {
      const std::string arg = "std::get<" + std::to_string(i) + ">(";
      const bool reference =
          signature.abi[i].starts_with(kBorrow) && OfExport(function.params[i].type, place);
      passed.push_back(reference ? "*" + arg + "args)" : arg + "std::move(args))");
    }
    if (function.is_async)
      passed.insert(passed.begin(),
                    "trenail::Completion<" + signature.result + ">(" + finish + ")");
    // By its namespace, as arguments may be of types that an import's namespace declares.
    const std::string call =
        (is_method ? "std::get<0>(args)->"
                   : model_.scopes().Reference(place.path, place.path) + "::") +
        names_[&function];
    if (function.is_async) {
      text.List(call, passed, ";");
      text.Line("return 0;");
    } else if (flat.result_in_memory) {
      text.List("return " + symbol + "_returned.Set(" + call, passed, ");");
    } else if (!flat.type.results.empty()) {
      text.Line("trenail::Scratch scratch;");
      text.Line("uint64_t slot = 0;");
      text.List("trenail::Abi<" + signature.result + ">::Lower(" + call, passed,
                ", &slot, scratch);");
      text.Line("return " + FromSlot(flat.type.results[0], "slot", "trenail::") + ";");
    } else {
      text.List(call, passed, ";");
    }
    text.Outdent();
    text.Line("}");
    if (function.is_async) {
      text.Comment("It is never left waiting: all that waits in it does so on its stack.");
      text.Line("extern \"C\" TRENAIL_EXPORT(" + CString("[callback][async-lift]" + name) + ")");
      text.Line("int32_t " + symbol + "_callback(int32_t, int32_t, int32_t) { return 0; }");
    } else if (flat.result_in_memory && Owns(*function.result)) {
      text.Line("extern \"C\" TRENAIL_EXPORT(" + CString("cabi_post_" + name) + ")");
      text.Line("void " + symbol + "_post(int32_t) { " + symbol + "_returned.Clear(); }");
    }
  }
  bool Owns(wit::Type type) const {
    return model_.TraitsOf(type).string || model_.TraitsOf(type).list;
  }

  void DefineTaskReturn(Text& text, const Function& function, const Place& place,
                        const std::string& result, const std::string& finish) {
    const wasm::FuncType type = encode::CoreTypeOfTaskReturn(resolve(), function);
    const std::string import = NewSymbol("import");
    text.Line("extern \"C\" TRENAIL_IMPORT(" + CString(ExportModule(place)) + ", " +
              CString("[task-return]" + function.name) + ")");
    text.List("void " + import, CoreParams(type), ";");
    if (!function.result) {
      text.Line("static void " + finish + "() { " + import + "(); }");
      return;
    }
    text.Line("static void " + finish + "(const " + result + "& value) {");
    text.Indent();
    text.Line("trenail::Scratch scratch;");
    const auto flat = encode::FlatTypes(resolve(), *function.result);
    if (!flat) {
      text.Line("trenail::Area<trenail::Abi<" + result + ">::kSize> result;");
      text.Line("trenail::Abi<" + result + ">::Store(value, result.bytes, scratch);");
      text.Line(import + "((int32_t)trenail::Address(result.bytes));");
    } else {
      text.Line("uint64_t slots[trenail::Abi<" + result + ">::kFlat + 1];");
      text.Line("trenail::Abi<" + result + ">::Lower(value, slots, scratch);");
      text.List(import, FromSlots(type, type.params.size()), ";");
    }
    text.Outdent();
    text.Line("}");
  }

  // ---- resources

  std::vector<const Function*> MethodsOf(const Place& place, wit::TypeId resource) const {
    std::vector<const Function*> methods;
    for (const Function* function : place.functions)
      if (IsMethod(*function) && function->resource == resource) methods.push_back(function);
    return methods;
  }

  void DeclareResource(Text& text, const Place& place, wit::TypeId id) {
    const std::string& name = place.type_names.at(id.value);
    text.Comment(resolve()[id].docs);
    text.Line("class " + name +
              (place.is_export ? " {" : " : public trenail::Resource<" + name + "> {"));
    text.Access(" public:");
    text.Indent();
    if (place.is_export) text.Line("virtual ~" + name + "() = default;");
    for (const Function* function : MethodsOf(place, id)) {
      text.Gap();
      DeclareFunction(text, *function, place, place.is_export);
    }
    text.Gap();
    text.Comment("For handles.");
    if (place.is_export) {
      text.Line("static int32_t ComponentNew(" + name + "* object);");
      text.Line("static " + name + "* ComponentRep(int32_t handle);");
    }
    text.Line("static void ComponentDrop(int32_t handle);");
    text.Outdent();
    text.Line("};");
  }

  void DefineResource(Text& text, const Place& place, wit::TypeId id) {
    const std::string& name = place.type_names.at(id.value);
    const std::string wit_name = resolve()[id].name;
    const std::string module = place.is_export ? ExportModule(place) : ImportModule(place);
    const auto builtin = [&](const std::string& what, const std::string& result) {
      const std::string symbol = NewSymbol(what);
      text.Gap();
      text.Line("extern \"C\" TRENAIL_IMPORT(" + CString(module) + ", " +
                CString("[resource-" + what + "]" + wit_name) + ")");
      text.Line(result + " " + symbol + "(int32_t);");
      return symbol;
    };
    const std::string drop = builtin("drop", "void");
    text.Line("void " + name + "::ComponentDrop(int32_t handle) { " + drop + "(handle); }");
    if (!place.is_export) return;
    const std::string make = builtin("new", "int32_t");
    text.Line("int32_t " + name + "::ComponentNew(" + name + "* object) {");
    text.Line("  return " + make + "((int32_t)trenail::Address(object));");
    text.Line("}");
    const std::string rep = builtin("rep", "int32_t");
    text.Line(name + "* " + name + "::ComponentRep(int32_t handle) {");
    text.Line("  return trenail::Pointer<" + name + ">((uint32_t)" + rep + "(handle));");
    text.Line("}");
    text.Gap();
    text.Line("extern \"C\" TRENAIL_EXPORT(" + CString(ExportName(place, "[dtor]" + wit_name)) +
              ")");
    text.Line("void " + NewSymbol("dtor") + "(int32_t rep) {");
    text.Line("  delete trenail::Pointer<" + name + ">((uint32_t)rep);");
    text.Line("}");
  }

  // ---- streams and futures

  void Streams(Text& header) {
    std::map<std::pair<bool, std::string>, StreamSource> found;
    for (const auto& [key, source] : FindStreams(model_)) {
      const wit::TypeDef& def = resolve().types[key.first];
      const std::string element =
          def.args[0] ? types_.SpellExpanded(def.args[0], *key.second) : "std::monostate";
      found.try_emplace({def.kind == TypeDefKind::kFuture, element}, source);
    }
    if (found.empty()) return;
    Text declared, defined;
    for (const auto& [key, source] : found) {
      const auto& [is_future, element] = key;
      const std::string kind = is_future ? "future" : "stream";
      const std::string head = "const CopyBuiltins& " +
                               std::string(is_future ? "FutureBuiltins<" : "StreamBuiltins<") +
                               element + ">()";
      declared.Line("template <>");
      declared.Line(head + ";");
      const auto builtin = [&](const std::string& what, const std::string& result,
                               const std::string& params) {
        std::string symbol = NewSymbol(kind + "_" + what);
        std::replace(symbol.begin(), symbol.end(), '-', '_');
        defined.Line("extern \"C\" TRENAIL_IMPORT(" + CString(source.module) + ", " +
                     CString((what == "read" || what == "write" ? "[async-lower][" : "[") + kind +
                             "-" + what + source.suffix) +
                     ")");
        defined.Line(result + " " + symbol + "(" + params + ");");
        return symbol;
      };
      const std::string copy = is_future ? "int32_t, int32_t" : "int32_t, int32_t, int32_t";
      const std::string make = builtin("new", "int64_t", "");
      const std::string read = builtin("read", "int32_t", copy);
      const std::string write = builtin("write", "int32_t", copy);
      const std::string drop_readable = builtin("drop-readable", "void", "int32_t");
      const std::string drop_writable = builtin("drop-writable", "void", "int32_t");
      const std::string count = is_future ? "uint32_t" : "uint32_t count";
      const std::string pass = is_future ? "" : ", (int32_t)count";
      defined.Line("template <>");
      defined.Line(head + " {");
      defined.Indent();
      defined.Line("static constexpr CopyBuiltins kBuiltins = {");
      defined.Line("    .make = " + make + ",");
      defined.Line("    .read = [](int32_t handle, void* to, " + count + ") {");
      defined.Line("      return " + read + "(handle, (int32_t)Address(to)" + pass + ");");
      defined.Line("    },");
      defined.Line("    .write = [](int32_t handle, const void* from, " + count + ") {");
      defined.Line("      return " + write + "(handle, (int32_t)Address(from)" + pass + ");");
      defined.Line("    },");
      defined.Line("    .drop_readable = " + drop_readable + ",");
      defined.Line("    .drop_writable = " + drop_writable + ",");
      defined.Line("};");
      defined.Line("return kBuiltins;");
      defined.Outdent();
      defined.Line("}");
      defined.Gap();
    }
    WriteNamespace(header, {"trenail"}, declared);
    WriteNamespace(source_, {"trenail"}, defined);
  }

  const BindOptions& options_;
  Model model_;
  GuestTypes types_;
  std::string stem_;
  std::string prefix_;
  std::map<const Function*, std::string> names_;
  int symbols_ = 0;
  Text source_;
};

}  // namespace

GeneratedFiles BindGuestCpp(const wit::Resolve& resolve, wit::WorldId world,
                            const BindOptions& options) {
  return GuestGenerator(resolve, world, options).Generate();
}

}  // namespace component::bind
