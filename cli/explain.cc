// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// trenail explain: what a file is, how it is run, what it imports, what it would have to be granted
// for what it may ask for, and what it takes. Nothing of it runs.

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/component_call.h"
#include "cli/json.h"
#include "cli/module_file.h"
#include "cli/options.h"
#include "cli/report.h"
#include "interp/interp.h"
#include "libcomponent/libcomponent.h"
#include "libwasi/wasi_component.h"
#include "libwasm/libwasm.h"
#include "libwasm/module/validated_module.h"

namespace trenail::cli {
namespace {

struct Use {
  std::string options;  // of `trenail`, before the file
  std::string exported;
};
struct Grant {
  std::string option, purpose, import;
};
struct Costs {
  uint64_t modules = 0, functions = 0, code_bytes = 0, data_bytes = 0;
  uint64_t memories = 0, memory_bytes = 0, tables = 0, table_elements = 0;
  bool memory_unbounded = false;
  uint64_t memory_max = 0;
};
struct Explanation {
  std::string kind;
  uint64_t bytes = 0;
  std::vector<Use> uses;
  std::vector<std::string> imports;
  std::string missing;  // why it cannot be run as it is; empty: it can
  std::vector<Grant> grants;
  Costs costs;
};

// What an import gets only where it is granted.
struct Grantable {
  std::string_view import;  // how its name begins
  std::string_view option, purpose;
};
constexpr Grantable kOfComponents[] = {
    {"wasi:filesystem/preopens@", "--dir HOST[::GUEST][:ro]", "directories"},
    {"wasi:cli/environment@", "--env NAME=VALUE", "variables"},
    {"wasi:sockets/tcp@", "--tcp PATTERN", "connections of TCP"},
    {"wasi:sockets/types@", "--tcp PATTERN", "connections of TCP"},
    {"wasi:sockets/udp@", "--udp PATTERN", "datagrams"},
    {"wasi:sockets/types@", "--udp PATTERN", "datagrams"},
    {"wasi:sockets/ip-name-lookup@", "--dns HOST", "names of hosts"},
    {"wasi:http/outgoing-handler@", "--http HOST", "requests to others"},
    {"wasi:http/client@", "--http HOST", "requests to others"},
    {"wasi:keyvalue/store@", "--kv [BUCKET=]STORE", "buckets beyond one in memory"},
    {"wasi:config/store@", "--config NAME=VALUE", "configuration"},
};
constexpr Grantable kOfPreview1[] = {
    {"fd_prestat_get", "--dir HOST[::GUEST][:ro]", "directories"},
    {"environ_get", "--env NAME=VALUE", "variables"},
};

void AddGrants(Explanation& explanation, std::span<const Grantable> table, std::string_view name,
               const std::string& import) {
  for (const Grantable& entry : table) {
    const bool is_there = std::ranges::any_of(
        explanation.grants, [&](const Grant& grant) { return grant.option == entry.option; });
    if (name.starts_with(entry.import) && !is_there)
      explanation.grants.push_back({std::string(entry.option), std::string(entry.purpose), import});
  }
}

void AddCosts(Costs& costs, const Module& module) {
  const wasm::Module& syntax = module.internal()->module();
  ++costs.modules;
  for (const wasm::Function& function : syntax.functions) {
    if (function.body.size() == 0) continue;
    ++costs.functions;
    costs.code_bytes += function.body.size();
  }
  for (const wasm::DataSegment& data : syntax.datas) costs.data_bytes += data.bytes.size();
  for (size_t i = syntax.num_imported_memories; i < syntax.memories.size(); ++i) {
    const wasm::MemType& type = syntax.memories[i].type;
    ++costs.memories;
    costs.memory_bytes += type.limits.min << type.page_size_log2;
    if (type.limits.max)
      costs.memory_max += *type.limits.max << type.page_size_log2;
    else
      costs.memory_unbounded = true;
  }
  for (size_t i = syntax.num_imported_tables; i < syntax.tables.size(); ++i) {
    ++costs.tables;
    costs.table_elements += syntax.tables[i].type.limits.min;
  }
}

void ExplainExports(Explanation& explanation, const Component& component) {
  for (const ExportedFunc& function : ExportedFuncs(component)) {
    const std::string& interface = function.interface;
    if (interface.starts_with("wasi:cli/run@"))
      explanation.uses.push_back({"run", interface});
    else if (interface.starts_with("wasi:http/incoming-handler@") ||
             interface.starts_with("wasi:http/handler@"))
      explanation.uses.push_back({"serve", interface});
    else
      explanation.uses.push_back({"run --invoke '" + function.full_name() + "(…)'",
                                  DescribeFunc(function.full_name(), *function.type)});
  }
}

Explanation Explain(const Component& component) {
  Explanation explanation;
  ExplainExports(explanation, component);
  for (const component::NamedExtern& import : component.imports()) {
    explanation.imports.push_back(import.name.name);
    AddGrants(explanation, kOfComponents, import.name.name, import.name.name);
  }
  ComponentLinker linker(component.engine());
  WasiComponent::Link(linker, component);
  if (auto prepared = linker.Prepare(component); !prepared)
    explanation.missing = prepared.error().message();
  for (const Component::CoreModule& module : component.modules())
    if (!module.is_adapter) AddCosts(explanation.costs, module.module);
  return explanation;
}

Explanation Explain(const Module& module) {
  Explanation explanation;
  for (const ExportType& exported : module.exports()) {
    if (exported.type.kind != wasm::ExternKind::kFunc) continue;
    if (exported.name == "_start")
      explanation.uses.push_back({"run", "_start"});
    else
      explanation.uses.push_back({"run --invoke '" + exported.name + "(…)'",
                                  exported.name + ": " + ToString(exported.type)});
  }
  std::set<std::string> others;
  for (const ImportType& import : module.imports()) {
    const std::string name = import.module + "." + import.name;
    explanation.imports.push_back(name);
    const bool is_wasi = import.module == "wasi_snapshot_preview1" ||
                         import.module == "wasi_unstable" || import.module == "wasi";
    if (is_wasi)
      AddGrants(explanation, kOfPreview1, import.name, name);
    else if (others.insert(import.module).second)
      explanation.missing += (explanation.missing.empty() ? "a module has to be given by --preload "
                                                          : ", --preload ") +
                             import.module + "=FILE";
  }
  AddCosts(explanation.costs, module);
  return explanation;
}

std::string FormatSize(uint64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
  size_t unit = 0;
  double size = static_cast<double>(bytes);
  for (; size >= 1024 && unit + 1 < std::size(kUnits); ++unit) size /= 1024;
  char text[32];
  std::snprintf(text, sizeof text, unit == 0 ? "%.0f %s" : "%.4g %s", size, kUnits[unit]);
  return text;
}

std::string Plural(uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

using Rows = std::vector<std::pair<std::string, std::string>>;

// Two columns; names are the file's own, which must not steer the terminal.
void PrintRows(const char* title, const Rows& rows) {
  if (rows.empty()) return;
  size_t width = 0;
  for (const auto& [left, right] : rows) width = std::max(width, std::min<size_t>(left.size(), 44));
  std::printf("\n%s\n", title);
  for (const auto& [left, right] : rows) {
    std::string line = "  " + left;
    if (!right.empty()) line += std::string(width - std::min(width, left.size()) + 2, ' ') + right;
    for (char& byte : line)
      if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) byte = '?';
    std::printf("%s\n", line.c_str());
  }
}

void PrintText(const std::string& file, const Explanation& explanation) {
  std::printf("%s: %s, %s\n", file.c_str(), explanation.kind.c_str(),
              FormatSize(explanation.bytes).c_str());
  Rows uses;
  for (const Use& use : explanation.uses)
    uses.emplace_back("trenail " + use.options + " " + file, use.exported);
  PrintRows("how it is run", uses);
  Rows imports;
  for (const std::string& import : explanation.imports) imports.emplace_back(import, "");
  PrintRows("what it imports", imports);
  if (!explanation.missing.empty()) PrintRows("what is missing", {{explanation.missing, ""}});
  Rows grants;
  for (const Grant& grant : explanation.grants)
    grants.emplace_back(grant.option, grant.purpose + ", by " + grant.import);
  PrintRows("what it may ask for, and gets where it is granted", grants);

  const Costs& costs = explanation.costs;
  Rows rows = {{"code", Plural(costs.functions, "function", "functions") + " in " +
                            Plural(costs.modules, "module", "modules") + ", " +
                            FormatSize(costs.code_bytes)}};
  if (costs.memories != 0) {
    rows.emplace_back("memory", FormatSize(costs.memory_bytes) + " at first, at most " +
                                    (costs.memory_unbounded ? "what --max-memory says"
                                                            : FormatSize(costs.memory_max)));
  }
  if (costs.data_bytes != 0) rows.emplace_back("data", FormatSize(costs.data_bytes));
  if (costs.tables != 0) {
    rows.emplace_back("tables", Plural(costs.table_elements, "element", "elements") + " at first");
  }
  PrintRows("what an instance takes", rows);
}

void WriteJson(JsonWriter& json, const std::string& file, const Explanation& explanation) {
  json.BeginObject().Key("file").String(file).Key("kind").String(explanation.kind);
  json.Key("bytes").Number(explanation.bytes).Key("uses").BeginArray();
  for (const Use& use : explanation.uses)
    json.BeginObject()
        .Key("command")
        .String("trenail " + use.options)
        .Key("export")
        .String(use.exported)
        .EndObject();
  json.EndArray().Key("imports").BeginArray();
  for (const std::string& import : explanation.imports) json.String(import);
  json.EndArray().Key("missing");
  if (explanation.missing.empty())
    json.Null();
  else
    json.String(explanation.missing);
  json.Key("grants").BeginArray();
  for (const Grant& grant : explanation.grants) {
    json.BeginObject().Key("option").String(grant.option).Key("for").String(grant.purpose);
    json.Key("import").String(grant.import).EndObject();
  }
  const Costs& costs = explanation.costs;
  json.EndArray().Key("costs").BeginObject();
  json.Key("modules").Number(costs.modules).Key("functions").Number(costs.functions);
  json.Key("code_bytes").Number(costs.code_bytes).Key("data_bytes").Number(costs.data_bytes);
  json.Key("memory_bytes").Number(costs.memory_bytes).Key("memory_bytes_max");
  if (costs.memory_unbounded)
    json.Null();
  else
    json.Number(costs.memory_max);
  json.Key("table_elements").Number(costs.table_elements).EndObject().EndObject();
}

Result<Explanation> ExplainFile(const std::string& file) {
  const Engine engine(MakeInterpreter());
  ComponentOptions options;
  options.adapters = false;
  const auto with = [](Explanation explanation, std::string kind, uint64_t bytes) {
    explanation.kind = std::move(kind);
    explanation.bytes = bytes;
    return explanation;
  };
  if (IsArtefact(file)) {
    const uint64_t bytes = TRY(ReadFile(file)).size();
    const Artefact artefact = TRY(Artefact::Open(file));
    if (artefact.component().empty())
      return with(Explain(TRY(Module::FromArtefact(engine, artefact))), "a compiled module", bytes);
    return with(Explain(TRY(Component::FromArtefact(engine, artefact))), "a compiled component",
                bytes);
  }
  const WasmFile loaded = TRY(LoadWasm(file));
  if (loaded.is_component) {
    return with(Explain(TRY(Component::Parse(engine, loaded.bytes, options))), "a component",
                loaded.bytes.size());
  }
  return with(Explain(TRY(Module::Parse(engine, loaded.bytes))), "a module", loaded.bytes.size());
}

}  // namespace

int ExplainCommand(const Arguments& arguments) {
  std::string file;
  bool json = false;
  Options options("explain",
                  "Says what a file is, how it is run, what it imports, what it would have to be "
                  "granted, and what it takes. Nothing of it runs.",
                  "Exit codes: 0; 1 malformed or invalid; 2 wrong usage or unreadable file.");
  options.File(&file, "a module or a component, binary, text or compiled; - is standard input");
  options.Flag("--json", &json, "print JSON");
  if (auto code = options.Parse(arguments)) return *code;
  const Result<Explanation> explanation = ExplainFile(file);
  if (!explanation) return Report(explanation.error(), file);
  if (json) {
    JsonWriter writer;
    WriteJson(writer, file, *explanation);
    writer.Print();
  } else {
    PrintText(file, *explanation);
  }
  return kExitOk;
}

}  // namespace trenail::cli
