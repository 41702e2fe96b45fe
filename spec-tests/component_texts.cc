// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The texts of all components of the official suites: they parse, what is printed of them parses
// back to the same syntax, and quoted texts that are asserted to be malformed are refused.
//
//   component_texts       those of TRENAIL_CORPORA that SCOPE.tsv puts in scope

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "libcomponent/binary/structurally_equal.h"
#include "libcomponent/text/printer.h"
#include "libcomponent/text/wast_script.h"
#include "spec-tests/corpora.h"
#include "spec-tests/runner/scope.h"

namespace trenail::spec {
namespace {

namespace fs = std::filesystem;
using component::text::ParseOptions;
using component::text::ScriptComponent;
using Kind = wasm::text::Command::Kind;

struct Totals {
  int files = 0;
  int commands = 0;
  int same = 0;     // after a round trip
  int refused = 0;  // as asserted
  int failures = 0;

  void Fail(const std::string& where, const std::string& what) {
    ++failures;
    std::printf("%s: %s\n", where.c_str(), what.c_str());
  }
};

std::string Describe(const wasm::Error& error) {
  const auto position = error.position().value_or(wasm::TextPosition{});
  return std::to_string(position.line) + ":" + std::to_string(position.column) + ": " +
         error.message();
}

// What is wrong, if anything.
std::optional<std::string> RoundTrip(const component::Component& original) {
  for (const bool names : {true, false}) {
    wasm::text::PrintOptions print;
    print.names = names;
    const auto text = component::text::PrintComponent(original, print);
    if (!text) return "not printed: " + text.error().message();
    const auto again = component::text::ParseComponentText(*text);
    if (!again) return "the printed text is refused: " + Describe(again.error());
    component::binary::CompareOptions compare;
    compare.names = names;
    if (const auto difference =
            component::binary::FindDifference(original, *again->component, compare))
      return "parsed from its text: " + *difference;
    const auto second = component::text::PrintComponent(*again->component, print);
    if (!second || *second != *text) return "the second text differs from the first";
  }
  return std::nullopt;
}

void CheckCommand(const std::string& where, const wasm::text::ScriptForm& form,
                  const ParseOptions& options, Totals& totals) {
  ++totals.commands;
  const auto command = component::text::ParseScriptCommand(form);
  if (!command) return totals.Fail(where, "command: " + command.error().message());
  if (!command->component || command->component->form == ScriptComponent::Form::kBinary) return;
  const auto parsed = component::text::ScriptComponentContents(*command->component, options);
  if (command->core.kind == Kind::kAssertMalformed) {
    // A text that is not quoted is well-formed but for what the binary format makes of it.
    if (!parsed) {
      ++totals.refused;
    } else if (command->component->form == ScriptComponent::Form::kQuote) {
      totals.Fail(where, "not refused: " + command->core.text);
    }
  } else if (!parsed) {
    totals.Fail(where, Describe(parsed.error()));
  } else if (const auto problem = RoundTrip(*parsed->component)) {
    totals.Fail(where, *problem);
  } else {
    ++totals.same;
  }
}

void CheckScript(const std::string& path, const std::string& text, const FileScope& scope,
                 const ParseOptions& options, Totals& totals) {
  component::text::ScriptReader reader(text);
  for (uint32_t ordinal = 1;; ++ordinal) {
    const auto form = reader.Next();
    if (!form) return totals.Fail(path, Describe(form.error()));
    if (!*form) return;
    if (scope.IsOut(ordinal)) continue;
    CheckCommand(path + ":" + std::to_string((*form)->position.line), **form, options, totals);
  }
}

// The files that are components are there to be refused, but for the legacy indices they hold.
void CheckComponentFile(const std::string& path, const std::string& text, ParseOptions options,
                        Totals& totals) {
  if (component::text::ParseComponentText(text, options))
    totals.Fail(path, "not refused");
  else
    ++totals.refused;
  // The syntax of a feature that is not implemented.
  if (path.ends_with("strict-legacy-core-type.wat")) return;
  options.features.Set(component::Feature::kLegacyIndices, true);
  const auto parsed = component::text::ParseComponentText(text, options);
  if (!parsed) return totals.Fail(path, "with legacy indices: " + Describe(parsed.error()));
  ++totals.same;
}

void CheckFile(const std::string& path, const FileScope& scope, Totals& totals) {
  const auto text = ReadFile(path);
  if (!text) return totals.Fail(path, text.error().message());
  ++totals.files;
  ParseOptions options;
  options.core.features = scope.Apply(wasm::FeatureSet());
  for (const std::string& name : scope.on)
    if (const auto feature = component::FeatureFromName(name)) options.features.Set(*feature, true);
  if (path.ends_with(".wat")) return CheckComponentFile(path, *text, options, totals);
  CheckScript(path, *text, scope, options, totals);
  if (!path.ends_with("/indices.wast")) return;
  options.features.Set(component::Feature::kLegacyIndices, true);
  CheckScript(path, *text, scope, options, totals);
}

int Main() {
  const std::string corpora = CorporaOrExit();
  const auto scope = Scope::Load(corpora + "/SCOPE.tsv");
  if (!scope) {
    std::printf("%s\n", scope.error().message().c_str());
    return 1;
  }
  std::vector<std::string> files;
  std::error_code error;
  for (const auto& entry : fs::recursive_directory_iterator(corpora + "/component", error)) {
    const FileScope* row = scope->Find(entry.path().string());
    if (row != nullptr && !row->out_of_scope) files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  Totals totals;
  for (const std::string& file : files) CheckFile(file, *scope->Find(file), totals);
  std::printf(
      "%d files, %d commands: %d texts came back as they were, %d were refused as asserted, "
      "%d failures\n",
      totals.files, totals.commands, totals.same, totals.refused, totals.failures);
  return totals.failures == 0 && totals.same != 0 ? 0 : 1;
}

}  // namespace
}  // namespace trenail::spec

int main() { return trenail::spec::Main(); }
