// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>

#include "libcomponent/bind/bind.h"
#include "libcomponent/bind/cpp_records.h"
#include "libcomponent/bind/cpp_types.h"
#include "libcomponent/bind/model.h"
#include "libcomponent/bind/text.h"

namespace component::bind {
namespace {

using wit::Function;
using wit::FunctionKind;
using wit::TypeDefKind;
using wit::TypeKind;

std::string Quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

class HostTypes : public CppRecords {
 public:
  using CppRecords::CppRecords;

  // What a class that declares resources does about their methods is the generator's.
  std::function<void(Text&, const Place&, wit::TypeId)> declare_resource;

 protected:
  std::string SpellHandle(HandleKind kind, const Model::Resource& resource,
                          const std::string& name) override {
    if (resource.place->is_export)
      return kind == HandleKind::kOwn ? name : "trenail::ComponentLent<" + name + ">";
    return (kind == HandleKind::kOwn ? "trenail::ComponentOwn<" : "trenail::ComponentBorrow<") +
           name + ">";
  }
  std::string SpellStream(bool is_future, const std::string& element) override {
    return (is_future ? "trenail::ComponentFuture<" : "trenail::ComponentStream<") + element + ">";
  }
  std::string SpellErrorContext() override { return "trenail::ComponentErrorContext"; }
  void DeclareResource(Text& text, const Place& place, wit::TypeId id) override {
    declare_resource(text, place, id);
  }
  std::string FlagsBase(const std::string& name, const std::string& bits, size_t labels) override {
    return "trenail::ComponentFlags<" + name + ", " + bits + ", " + std::to_string(labels) + ">";
  }
};

// A function as it is declared in some class.
struct Signature {
  std::vector<std::string> types;  // of parameters
  std::vector<std::string> names;
  std::vector<std::string> passed;     // as arguments
  std::vector<std::string> signature;  // in the type of a TypedComponentFunc
  std::string result;
};

class HostGenerator {
 public:
  HostGenerator(const wit::Resolve& resolve, wit::WorldId world, const BindOptions& options)
      : options_(options),
        model_(resolve, world,
               {.outer = options.outer, .reserved = {"Host", "Exports", "Functions"}}),
        types_(model_),
        stem_(FileStem(resolve, world)) {
    types_.declare_resource = [this](Text& text, const Place& place, wit::TypeId id) {
      place.is_export ? DeclareHandle(text, place, id) : DeclareAbstract(text, place, id);
    };
    class_ = model_.scopes().Declare(model_.root(), CamelCase(model_.world().name));
    NameFunctions();
  }

  GeneratedFiles Generate() {
    GenerateHeader();
    GenerateSource();
    return {{stem_ + ".h", header_.Take()}, {stem_ + ".cc", source_.Take()}};
  }

 private:
  const wit::Resolve& resolve() const { return model_.resolve(); }
  std::string Ref(const Path& from, const Path& target) {
    return model_.scopes().Reference(from, target);
  }
  static Path In(const Place& place, const std::string& name) {
    Path path = place.path;
    path.push_back(name);
    return path;
  }

  // ---- which functions there are, and what they are called

  // Whether the host implements it by its class for the interface: all but methods.
  static bool IsMethod(const Function& function) { return function.kind == FunctionKind::kMethod; }

  static std::string MemberName(const Function& function, const std::string& resource) {
    switch (function.kind) {
      case FunctionKind::kConstructor:
        return "New" + resource;
      case FunctionKind::kStatic:
        return resource + CamelCase(function.ItemName());
      default:
        return CamelCase(function.ItemName());
    }
  }
  std::string ResourceName(const Place& place, const Function& function) const {
    return place.type_names.at(function.resource.value);
  }
  // The class that declares it.
  Path ClassOf(const Place& place, const Function& function, bool exported) const {
    if (IsMethod(function)) return In(place, ResourceName(place, function));
    if (!exported) return In(place, "Host");
    return In(place, place.interface ? "Exports" : class_);
  }

  // All names of members are known before any of them is declared, as they may hide types.
  void NameFunctions() {
    for (const Place& place : model_.places()) {
      NameIn(place, place.functions, place.is_export);
      NameIn(place, place.export_functions, true);
    }
    // Interfaces by their last name.
    const Path world_class = {[this] {
      Path path = model_.root();
      path.push_back(class_);
      return path;
    }()};
    for (const Place& place : model_.places())
      if (HasExports(place))
        accessors_[&place] = model_.scopes().Declare(world_class, place.path.back());
  }
  void NameIn(const Place& place, const std::vector<const Function*>& functions, bool exported) {
    UniqueNames fields;
    for (const Function* function : functions) {
      const std::string resource =
          function->kind == FunctionKind::kFreestanding ? "" : ResourceName(place, *function);
      const Path scope = ClassOf(place, *function, exported);
      if (names_.empty() || !model_.scopes().Has(scope, scope.back())) {
        model_.scopes().Open(scope, scope.back());
        for (const char* name :
             {"Link", "Bind", "Instantiate", "Assign", "Drop", "value", "ComponentType", "Invoke",
              "InvokeStart", "InvokeAsync", "ComponentFunctions"})
          model_.scopes().Open(scope, name);
      }
      names_[function] = model_.scopes().Declare(scope, MemberName(*function, resource));
      if (exported && function->is_async) {
        start_names_[function] = model_.scopes().Declare(scope, "Start" + names_[function]);
        async_names_[function] = model_.scopes().Declare(scope, "Async" + names_[function]);
      }
      std::string field(function->ItemName());
      if (function->kind == FunctionKind::kConstructor)
        field = "new-" + std::string(resolve()[function->resource].name);
      else if (function->kind != FunctionKind::kFreestanding)
        field = resolve()[function->resource].name + "-" + field;
      fields_[function] = fields.Add(SnakeCase(field));
    }
  }

  std::vector<const Function*> MethodsOf(const Place& place, wit::TypeId resource) const {
    std::vector<const Function*> methods;
    for (const Function* function : place.functions)
      if (IsMethod(*function) && function->resource == resource) methods.push_back(function);
    return methods;
  }
  bool HasResources(const Place& place) const {
    return std::any_of(place.types.begin(), place.types.end(), [&](wit::TypeId id) {
      return resolve()[id].kind == TypeDefKind::kResource;
    });
  }
  // The host has something to implement.
  static bool NeedsHost(const Place& place) {
    return !place.is_export && std::any_of(place.functions.begin(), place.functions.end(),
                                           [](const Function* f) { return !IsMethod(*f); });
  }
  bool HasHost(const Place& place) const {
    return !place.is_export && (!place.functions.empty() || HasResources(place));
  }
  static bool HasExports(const Place& place) { return place.is_export && !place.functions.empty(); }
  bool HasFunctions(const Place& place) const {
    return !place.export_functions.empty() || (place.is_export && !place.functions.empty()) ||
           (place.is_export && HasResources(place));
  }

  // ---- types of functions

  bool IsPlain(wit::Type type) const { return !model_.TraitsOf(type).handle(); }

  // How a parameter is declared. Owned: it may outlive the call.
  std::string Parameter(wit::Type type, const Place& place, const Path& scope, bool owned) {
    const wit::Type target = resolve().Dealias(type);
    const std::string spelled = types_.Spell(type, place, scope);
    if (owned) return spelled;
    if (target.kind == TypeKind::kString) return "std::string_view";
    if (target.kind != TypeKind::kDefined || !IsPlain(target)) return spelled;
    const wit::TypeDef& def = resolve()[target.id];
    switch (def.kind) {
      case TypeDefKind::kEnum:
      case TypeDefKind::kFlags:
        return spelled;
      case TypeDefKind::kList: {
        const wit::Type element = resolve().Dealias(*def.args[0]);
        if (element.kind == TypeKind::kBool) break;
        return "std::span<const " + Element(type, place, scope) + ">";
      }
      default:
        break;
    }
    return "const " + spelled + "&";
  }
  // Of a list, through aliases.
  std::string Element(wit::Type type, const Place& place, const Path& scope) {
    const Model::Target target = model_.Dealias(type, place);
    return types_.Spell(resolve()[target.type.id].args[0], *target.place, scope);
  }

  Signature SignatureOf(const Function& function, const Place& place, const Path& scope, bool owned,
                        std::vector<std::string> taken = {}) {
    Signature out;
    UniqueNames names(std::set<std::string>(taken.begin(), taken.end()));
    for (size_t i = 0; i < function.params.size(); ++i) {
      if (i == 0 && IsMethod(function)) continue;
      const wit::Param& param = function.params[i];
      const std::string name = names.Add(SnakeCase(param.name));
      std::string type = Parameter(param.type, place, scope, owned);
      out.signature.push_back(type);
      // A borrow of a guest's resource is lent for the call.
      constexpr std::string_view kLent = "trenail::ComponentLent<";
      const bool lent = type.starts_with(kLent);
      if (lent) type = "const " + type.substr(kLent.size(), type.size() - kLent.size() - 1) + "&";
      out.types.push_back(type);
      out.names.push_back(name);
      const bool moved = !lent && !type.starts_with("const ") && !IsCheap(param.type, owned);
      out.passed.push_back(moved ? "std::move(" + name + ")" : name);
    }
    out.result = types_.Spell(function.result, place, scope);
    return out;
  }
  // Whether it is copied rather than moved: numbers and views.
  bool IsCheap(wit::Type type, bool owned) const {
    const wit::Type target = resolve().Dealias(type);
    if (target.kind == TypeKind::kString) return !owned;
    if (target.kind == TypeKind::kErrorContext) return false;
    if (target.kind != TypeKind::kDefined) return true;
    const TypeDefKind kind = resolve()[target.id].kind;
    return kind == TypeDefKind::kEnum || kind == TypeDefKind::kFlags ||
           (kind == TypeDefKind::kList && !owned && IsPlain(target));
  }

  static std::vector<std::string> Declared(const Signature& signature) {
    std::vector<std::string> out;
    for (size_t i = 0; i < signature.names.size(); ++i)
      out.push_back(signature.types[i] + " " + signature.names[i]);
    return out;
  }

  // ---- what the host implements

  void DeclareVirtual(Text& text, const Function& function, const Place& place, const Path& scope) {
    text.Comment(function.docs);
    Signature signature = SignatureOf(function, place, scope, function.is_async, {"done"});
    std::vector<std::string> params = Declared(signature);
    if (function.is_async) {
      params.insert(params.begin(), "trenail::ComponentCompletion<" + signature.result + "> done");
      text.List("virtual trenail::Result<void> " + names_[&function], params, " = 0;");
    } else {
      text.List("virtual trenail::Result<" + signature.result + "> " + names_[&function], params,
                " = 0;");
    }
  }

  // A resource that the host implements.
  void DeclareAbstract(Text& text, const Place& place, wit::TypeId id) {
    const std::string& name = place.type_names.at(id.value);
    text.Comment(resolve()[id].docs);
    text.Line("class " + name + " {");
    text.Access(" public:");
    text.Indent();
    text.Line("virtual ~" + name + "() = default;");
    text.Line("static const trenail::ComponentResource& ComponentType();");
    for (const Function* function : MethodsOf(place, id)) {
      text.Gap();
      DeclareVirtual(text, *function, place, In(place, name));
    }
    text.Outdent();
    text.Line("};");
  }

  void DeclareHost(Text& text, const Place& place) {
    text.Gap();
    const bool needed = NeedsHost(place);
    text.Comment((needed ? "What the host implements of " : "What the host provides of ") +
                 (place.interface ? "`" + place.name + "`" : "the world's own imports") +
                 (needed ? "; it has to outlive the stores that it is used in." : "."));
    text.Comment(place.interface ? place.docs : "");
    text.Line("class Host {");
    text.Access(" public:");
    text.Indent();
    if (needed) text.Line("virtual ~Host() = default;");
    for (const Function* function : place.functions) {
      if (IsMethod(*function)) continue;
      text.Gap();
      DeclareVirtual(text, *function, place, In(place, "Host"));
    }
    if (needed) text.Gap();
    text.Line(needed ? "static void Link(trenail::ComponentLinker& linker, Host& host);"
                     : "static void Link(trenail::ComponentLinker& linker);");
    text.Outdent();
    text.Line("};");
  }

  void DefineHost(Text& text, const Place& place) {
    for (const wit::TypeId id : place.types) {
      if (resolve()[id].kind != TypeDefKind::kResource) continue;
      const std::string& name = place.type_names.at(id.value);
      text.Gap();
      text.Line("const trenail::ComponentResource& " + name + "::ComponentType() {");
      text.Indent();
      text.Line("static const trenail::ComponentResource type =");
      text.Line("    trenail::ComponentResource::HostObject(" + Quoted(resolve()[id].name) +
                ", nullptr);");
      text.Line("return type;");
      text.Outdent();
      text.Line("}");
    }
    text.Gap();
    text.Line(NeedsHost(place) ? "void Host::Link(trenail::ComponentLinker& linker, Host& host) {"
                               : "void Host::Link(trenail::ComponentLinker& linker) {");
    text.Indent();
    text.Line(place.interface ? "trenail::ComponentLinkerInstance instance = linker.Instance(" +
                                    Quoted(place.name) + ");"
                              : "trenail::ComponentLinkerInstance& instance = linker.Root();");
    for (const wit::TypeId id : place.types)
      if (resolve()[id].kind == TypeDefKind::kResource)
        text.Line("instance.Resource(" + Quoted(resolve()[id].name) + ", " +
                  place.type_names.at(id.value) + "::ComponentType());");
    for (const Function* function : place.functions) LinkFunction(text, *function, place);
    text.Outdent();
    text.Line("}");
  }

  void LinkFunction(Text& text, const Function& function, const Place& place) {
    const bool is_method = IsMethod(function);
    const Path scope = In(place, "Host");
    const Signature signature = SignatureOf(function, place, scope, function.is_async,
                                            {"done", "host", "instance", "linker", "self"});
    std::vector<std::string> params = Declared(signature);
    std::vector<std::string> passed = signature.passed;
    if (is_method)
      params.insert(params.begin(), "trenail::ComponentBorrow<" +
                                        Ref(scope, In(place, ResourceName(place, function))) +
                                        "> self");
    if (function.is_async) {
      params.insert(params.begin(), "trenail::ComponentCompletion<" + signature.result + "> done");
      passed.insert(passed.begin(), "std::move(done)");
    }
    const auto list = [](const std::vector<std::string>& items) {
      std::string out;
      for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
      return out;
    };
    const std::string call = (is_method ? "self->" : "host.") + names_[&function];
    const std::string line = "instance.Func(" + Quoted(function.name) + ", trenail::TypedHost([" +
                             (is_method ? "](" : "&host](") + list(params) + ") { return " + call +
                             "(" + list(passed) + "); }));";
    if (!function.is_async && text.Fits(line)) return text.Line(line);
    text.Line("instance." + std::string(function.is_async ? "AsyncFunc(" : "Func("));
    text.Line("    " + Quoted(function.name) + ",");
    Text inner;
    for (int i = 0; i < 3; ++i) inner.Indent();
    inner.List(std::string("trenail::") + (function.is_async ? "TypedAsyncHost" : "TypedHost") +
                   (is_method ? "([]" : "([&host]"),
               params, function.is_async ? " -> trenail::Result<void> {" : " {");
    inner.Indent();
    inner.List("return " + std::string(is_method ? "self->" : "host.") + names_[&function], passed,
               ";");
    inner.Outdent();
    inner.Line("}));");
    text.Append(inner);
  }

  // ---- what an instance exports

  void DeclareExported(Text& text, const Function& function, const Place& place,
                       const Path& scope) {
    text.Comment(function.docs);
    const Signature signature = SignatureOf(function, place, scope, false, {"on_result"});
    text.List("trenail::Result<" + signature.result + "> " + names_[&function], Declared(signature),
              " const;");
    if (!function.is_async) return;
    std::vector<std::string> params = Declared(signature);
    const std::string start = "trenail::Result<trenail::TypedComponentCall<" + signature.result +
                              ">> " + start_names_[&function];
    text.Comment("The same, begun: it goes on while the store ticks.");
    text.List(start, params, " const;");
    // No default: the types of the result may follow in the header.
    params.push_back(OnResult(signature));
    text.List(start, params, " const;");
    text.Comment("The same to co_await: libcomponent/async.h.");
    text.List("trenail::ComponentAwaitable<" + signature.result + "> " + async_names_[&function],
              Declared(signature), " const;");
  }
  static std::string OnResult(const Signature& signature) {
    return "trenail::TypedComponentOnResult<" + signature.result + "> on_result";
  }
  void DefineExported(Text& text, const Function& function, const Place& place, const Path& scope) {
    const bool is_method = IsMethod(function);
    const Signature signature = SignatureOf(function, place, scope, false, {"on_result"});
    const Signature outside = SignatureOf(function, place, place.path, false);
    enum class Form { kCall, kStart, kStartTelling, kAsync };
    for (const Form form : {Form::kCall, Form::kStart, Form::kStartTelling, Form::kAsync}) {
      if (form != Form::kCall && !function.is_async) break;
      text.Gap();
      std::string result = "trenail::Result<" + outside.result + ">", name = names_[&function],
                  suffix;
      std::vector<std::string> params = Declared(signature), passed = signature.passed;
      if (form == Form::kStart || form == Form::kStartTelling) {
        result = "trenail::Result<trenail::TypedComponentCall<" + outside.result + ">>";
        name = start_names_[&function];
        suffix = "Start";
        if (form == Form::kStartTelling) {
          params.push_back(OnResult(outside));
          passed.push_back("std::move(on_result)");
        }
      } else if (form == Form::kAsync) {
        result = "trenail::ComponentAwaitable<" + outside.result + ">";
        name = async_names_[&function];
        suffix = "Async";
      }
      text.List(result + " " + scope.back() + "::" + name, params, " const {");
      text.Indent();
      const std::string field = fields_[&function];
      if (is_method) {
        std::vector<std::string> args = {"&" + Ref(scope, In(place, "Functions")) + "::" + field,
                                         "trenail::Lend(*this)"};
        args.insert(args.end(), passed.begin(), passed.end());
        const std::string type = form == Form::kAsync ? "<" + outside.result + ">" : "";
        text.List("return Invoke" + suffix + type, args, ";");
      } else {
        text.List("return functions_->" + field + (suffix.empty() ? "" : "." + suffix), passed,
                  ";");
      }
      text.Outdent();
      text.Line("}");
    }
  }

  // A resource that the guest implements.
  void DeclareHandle(Text& text, const Place& place, wit::TypeId id) {
    const std::string& name = place.type_names.at(id.value);
    text.Comment(resolve()[id].docs);
    text.Line("class " + name + " : public trenail::ComponentHandle<Functions> {");
    text.Access(" public:");
    text.Indent();
    bool first = true;
    for (const Function* function : MethodsOf(place, id)) {
      if (!first) text.Gap();
      first = false;
      DeclareExported(text, *function, place, In(place, name));
    }
    text.Outdent();
    text.Line("};");
  }

  void DeclareExports(Text& text, const Place& place) {
    text.Gap();
    text.Comment("What an instance exports as `" + place.name + "`; valid while its store lives.");
    text.Comment(place.docs);
    text.Line("class Exports {");
    text.Access(" public:");
    text.Indent();
    text.Comment("Finds the functions.");
    text.Line("static trenail::Result<Exports> Bind(const trenail::ComponentInstance& instance);");
    for (const Function* function : place.functions) {
      if (IsMethod(*function)) continue;
      text.Gap();
      DeclareExported(text, *function, place, In(place, "Exports"));
    }
    text.Outdent();
    text.Gap();
    text.Access(" private:");
    text.Indent();
    const std::string head = "explicit Exports(std::shared_ptr<const Functions> functions)";
    const std::string initial = ": functions_(std::move(functions)) {}";
    if (text.Fits(head + " " + initial)) {
      text.Line(head + " " + initial);
    } else {
      text.Line(head);
      text.Line("    " + initial);
    }
    text.Line("std::shared_ptr<const Functions> functions_;");
    text.Outdent();
    text.Line("};");
  }

  void DefineFunctions(Text& text, const Place& place,
                       const std::vector<const Function*>& functions) {
    text.Gap();
    text.Line("struct Functions {");
    text.Indent();
    const Path scope = In(place, "Functions");
    for (const Function* function : functions) model_.scopes().Open(scope, fields_[function]);
    for (const Function* function : functions) {
      const Signature signature = SignatureOf(*function, place, scope, false);
      std::vector<std::string> params = signature.signature;
      if (IsMethod(*function))
        params.insert(params.begin(), "trenail::ComponentLent<" +
                                          Ref(scope, In(place, ResourceName(place, *function))) +
                                          ">");
      text.List("trenail::TypedComponentFunc<" + signature.result, params,
                "> " + fields_[function] + ";");
    }
    text.Outdent();
    text.Line("};");
  }
  void BindFunctions(Text& text, const Place& place,
                     const std::vector<const Function*>& functions) {
    text.Line("auto functions = std::make_shared<Functions>();");
    text.Line("trenail::ComponentBinder binder(instance, " + Quoted(place.name) + ");");
    for (const Function* function : functions)
      text.List("binder.Func", {Quoted(function->name), "functions->" + fields_[function]}, ";");
    if (place.is_export)
      for (const wit::TypeId id : place.types)
        if (resolve()[id].kind == TypeDefKind::kResource)
          text.Line("binder.Resource(" + Quoted(resolve()[id].name) + ", functions);");
    text.Line("if (auto bound = binder.Finish(); !bound)");
    text.Line("  return std::unexpected(std::move(bound.error()));");
  }

  void DefineExports(Text& text, const Place& place) {
    DefineFunctions(text, place, place.functions);
    text.Gap();
    text.Line(
        "trenail::Result<Exports> Exports::Bind(const trenail::ComponentInstance& instance) {");
    text.Indent();
    BindFunctions(text, place, place.functions);
    text.Line("return Exports(std::move(functions));");
    text.Outdent();
    text.Line("}");
    for (const Function* function : place.functions)
      DefineExported(text, *function, place, ClassOf(place, *function, true));
  }

  // ---- the world

  struct HostParam {
    std::string type;
    std::string name;
    const Place* place;
  };
  std::vector<HostParam> HostParams(const Path& scope) {
    std::vector<HostParam> params;
    UniqueNames names({"linker", "store", "component", "instance"});
    for (const Place& place : model_.places()) {
      if (!NeedsHost(place)) continue;
      params.push_back({Ref(scope, In(place, "Host")) + "&",
                        names.Add(place.interface ? place.path.back() : "host"), &place});
    }
    return params;
  }
  bool HasImports() const {
    return std::any_of(model_.places().begin(), model_.places().end(), [&](const Place& place) {
      return HasHost(place) || (place.interface && !place.is_export);
    });
  }
  std::vector<const Place*> ExportedPlaces() const {
    std::vector<const Place*> places;
    for (const Place& place : model_.places())
      if (HasExports(place)) places.push_back(&place);
    return places;
  }

  void DeclareWorld(Text& text) {
    const Place& world = model_.world_place();
    const Path scope = In(world, class_);
    text.Gap();
    text.Comment(model_.world().docs);
    if (!model_.world().docs.empty()) text.Line("//");
    text.Comment("An instance of the world `" + resolve().NameOf(model_.world_id()) +
                 "`; valid while its store lives.");
    text.Line("class " + class_ + " {");
    text.Access(" public:");
    text.Indent();
    const std::string result = "static trenail::Result<" + class_ + "> ";
    std::vector<std::string> hosts;
    for (const HostParam& param : HostParams(scope)) hosts.push_back(param.type + " " + param.name);
    if (HasImports()) {
      std::vector<std::string> params = {"trenail::ComponentLinker& linker"};
      params.insert(params.end(), hosts.begin(), hosts.end());
      text.Comment("Defines all that the world imports.");
      text.List("static void Link", params, ";");
    }
    std::vector<std::string> params = {"trenail::ComponentStore& store",
                                       "const trenail::Component& component"};
    text.Comment("Makes an instance" + std::string(HasImports() ? " with these imports." : "."));
    std::vector<std::string> all = params;
    all.insert(all.end(), hosts.begin(), hosts.end());
    text.List(result + "Instantiate", all, ";");
    text.Comment("The same with whatever a linker has, WASI for instance.");
    params.push_back("const trenail::ComponentLinker& linker");
    text.List(result + "Instantiate", params, ";");
    text.Comment("Finds the exports of an instance.");
    text.Line(result + "Bind(const trenail::ComponentInstance& instance);");
    for (const Function* function : world.export_functions) {
      text.Gap();
      DeclareExported(text, *function, world, scope);
    }
    const std::vector<const Place*> places = ExportedPlaces();
    if (!places.empty()) text.Gap();
    for (const Place* place : places)
      text.Line("const " + Ref(scope, In(*place, "Exports")) + "& " + accessors_[place] +
                "() const { return " + Member(accessors_[place]) + "; }");
    text.Outdent();
    text.Gap();
    text.Access(" private:");
    text.Indent();
    const std::vector<std::string> arguments = ConstructorParams(scope);
    if (arguments.empty())
      text.Line(class_ + "() = default;");
    else
      text.List((arguments.size() == 1 ? "explicit " : "") + class_, arguments, ";");
    if (!arguments.empty()) text.Gap();
    if (!world.export_functions.empty()) text.Line("std::shared_ptr<const Functions> functions_;");
    for (const Place* place : places)
      text.Line(Ref(scope, In(*place, "Exports")) + " " + Member(accessors_[place]) + ";");
    text.Outdent();
    text.Line("};");
  }
  // Of the class of the world, whose members have an underscore behind them.
  static std::string Member(const std::string& name) {
    if (name == "functions" || name.ends_with('_'))
      return name + (name.ends_with('_') ? "bound_" : "_bound_");
    return name + "_";
  }
  std::vector<std::string> ConstructorParams(const Path& scope) {
    std::vector<std::string> params;
    if (!model_.world_place().export_functions.empty())
      params.push_back("std::shared_ptr<const Functions> functions");
    for (const Place* place : ExportedPlaces())
      params.push_back(Ref(scope, In(*place, "Exports")) + " " + Argument(accessors_[place]));
    return params;
  }
  static std::string Argument(const std::string& name) {
    return name == "functions" ? "functions_of_it" : name;
  }

  void DefineWorld(Text& text) {
    const Place& world = model_.world_place();
    const Path scope = In(world, class_);
    if (!world.export_functions.empty()) DefineFunctions(text, world, world.export_functions);
    const std::vector<HostParam> hosts = HostParams(scope);
    std::vector<std::string> declared, names;
    for (const HostParam& param : hosts) {
      declared.push_back(param.type + " " + param.name);
      names.push_back(param.name);
    }
    if (HasImports()) {
      std::vector<std::string> params = {"trenail::ComponentLinker& linker"};
      params.insert(params.end(), declared.begin(), declared.end());
      text.Gap();
      text.List("void " + class_ + "::Link", params, " {");
      text.Indent();
      for (const Place& place : model_.places()) {
        if (place.is_export || (!place.interface && !HasHost(place))) continue;
        if (!HasHost(place)) {
          text.Line("linker.Instance(" + Quoted(place.name) + ");");
          continue;
        }
        const auto host = std::find_if(hosts.begin(), hosts.end(), [&](const HostParam& param) {
          return param.place == &place;
        });
        text.Line(Ref(scope, In(place, "Host")) + "::Link(linker" +
                  (host != hosts.end() ? ", " + host->name : "") + ");");
      }
      text.Outdent();
      text.Line("}");
    }
    const std::string result = "trenail::Result<" + class_ + "> " + class_ + "::";
    std::vector<std::string> params = {"trenail::ComponentStore& store",
                                       "const trenail::Component& component"};
    std::vector<std::string> all = params;
    all.insert(all.end(), declared.begin(), declared.end());
    text.Gap();
    text.List(result + "Instantiate", all, " {");
    text.Indent();
    text.Line("trenail::ComponentLinker linker(store.engine());");
    if (HasImports()) {
      std::vector<std::string> arguments = {"linker"};
      arguments.insert(arguments.end(), names.begin(), names.end());
      text.List("Link", arguments, ";");
    }
    text.Line("return Instantiate(store, component, linker);");
    text.Outdent();
    text.Line("}");
    params.push_back("const trenail::ComponentLinker& linker");
    text.Gap();
    text.List(result + "Instantiate", params, " {");
    text.Indent();
    text.Line("auto instance = linker.Instantiate(store, component);");
    text.Line("if (!instance) return std::unexpected(std::move(instance.error()));");
    text.Line("return Bind(*instance);");
    text.Outdent();
    text.Line("}");
    text.Gap();
    const std::vector<const Place*> places = ExportedPlaces();
    const bool bare = places.empty() && world.export_functions.empty();
    text.Line(result + "Bind(" +
              (bare ? "const trenail::ComponentInstance&"
                    : "const trenail::ComponentInstance& instance") +
              ") {");
    text.Indent();
    std::vector<std::string> arguments;
    if (!world.export_functions.empty()) {
      BindFunctions(text, world, world.export_functions);
      arguments.push_back("std::move(functions)");
    }
    for (const Place* place : places) {
      const std::string name = "bound_" + accessors_[place];
      text.Line("auto " + name + " = " + Ref(scope, In(*place, "Exports")) + "::Bind(instance);");
      text.Line("if (!" + name + ") return std::unexpected(std::move(" + name + ".error()));");
      arguments.push_back("*std::move(" + name + ")");
    }
    text.List("return " + class_, arguments, ";");
    text.Outdent();
    text.Line("}");
    const std::vector<std::string> constructor = ConstructorParams(scope);
    if (!constructor.empty()) {
      text.Gap();
      text.List(class_ + "::" + class_, constructor, "");
      std::string line = "    : ";
      bool first = true;
      const auto add = [&](const std::string& member, const std::string& argument) {
        line += std::string(first ? "" : ", ") + member + "(std::move(" + argument + "))";
        first = false;
      };
      if (!world.export_functions.empty()) add("functions_", "functions");
      for (const Place* place : places) {
        if (line.size() > 60) {
          text.Line(line + ",");
          line = "      ";
          first = true;
        }
        add(Member(accessors_[place]), Argument(accessors_[place]));
      }
      text.Line(line + " {}");
    }
    for (const Function* function : world.export_functions)
      DefineExported(text, *function, world, scope);
  }

  // ---- files

  std::string FirstLine() const {
    return "// Generated by " + options_.generator + " from the world " +
           resolve().NameOf(model_.world_id()) + ". Do not edit.";
  }

  static void OpenNamespace(Text& text, const Path& path) {
    text.Line("namespace " + Join(path, "::") + " {");
    text.Line();
  }
  static void CloseNamespace(Text& text, const Path& path) {
    text.Gap();
    text.Line("}  // namespace " + Join(path, "::"));
    text.Line();
  }

  void GenerateHeader() {
    const std::string guard = UpperCase(Join(model_.root(), "_")) + "_" + UpperCase(stem_) + "_H_";
    header_.Line(FirstLine());
    header_.Line();
    header_.Line("#ifndef " + guard);
    header_.Line("#define " + guard);
    header_.Line();
    for (const char* name : {"array", "cstdint", "expected", "memory", "optional", "span", "string",
                             "string_view", "tuple", "utility", "variant", "vector"})
      header_.Line("#include <" + std::string(name) + ">");
    header_.Line();
    header_.Line("#include \"libcomponent/typed_handles.h\"");
    header_.Line();
    for (const Place& place : model_.places()) {
      Text body;
      if (HasFunctions(place) && (place.is_export || !place.export_functions.empty())) {
        body.Line("struct Functions;");
        body.Gap();
      }
      types_.DeclareTypes(body, place);
      if (HasHost(place)) DeclareHost(body, place);
      if (HasExports(place)) DeclareExports(body, place);
      if (body.str().empty()) continue;
      if (place.interface && !HasHost(place) && !HasExports(place)) header_.Comment(place.docs);
      OpenNamespace(header_, place.path);
      header_.Append(body);
      CloseNamespace(header_, place.path);
    }
    OpenNamespace(header_, model_.root());
    Text body;
    DeclareWorld(body);
    header_.Append(body);
    CloseNamespace(header_, model_.root());
    header_.Line("#endif  // " + guard);
  }

  void GenerateSource() {
    source_.Line(FirstLine());
    source_.Line();
    source_.Line("#include " + Quoted(stem_ + ".h"));
    source_.Line();
    if (!async_names_.empty()) {
      source_.Line("#include \"libcomponent/async.h\"");
      source_.Line();
    }
    for (const Place& place : model_.places()) {
      if (!HasHost(place) && !HasExports(place)) continue;
      Text body;
      if (HasHost(place)) DefineHost(body, place);
      if (HasExports(place)) DefineExports(body, place);
      OpenNamespace(source_, place.path);
      source_.Append(body);
      CloseNamespace(source_, place.path);
    }
    OpenNamespace(source_, model_.root());
    Text body;
    DefineWorld(body);
    source_.Append(body);
    source_.Gap();
    source_.Line("}  // namespace " + Join(model_.root(), "::"));
  }

  const BindOptions& options_;
  Model model_;
  HostTypes types_;
  std::string stem_;
  std::string class_;                             // of the world
  std::map<const Function*, std::string> names_;  // of members
  // Of those that begin an asynchronous call.
  std::map<const Function*, std::string> start_names_;
  std::map<const Function*, std::string> async_names_;
  std::map<const Function*, std::string> fields_;  // of Functions
  std::map<const Place*, std::string> accessors_;  // of the class of the world
  Text header_;
  Text source_;
};

}  // namespace

std::string FileStem(const wit::Resolve& resolve, wit::WorldId world) {
  std::string stem;
  for (const char c : resolve[world].name)
    stem += c == '-' ? '_' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return stem;
}

GeneratedFiles BindHostCpp(const wit::Resolve& resolve, wit::WorldId world,
                           const BindOptions& options) {
  return HostGenerator(resolve, world, options).Generate();
}

}  // namespace component::bind
