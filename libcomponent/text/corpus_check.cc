// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Reads every component script of a corpus that SCOPE.tsv puts in scope and reports components that
// do not parse though they should, and texts that parse though they are asserted to be malformed.
//
//   component_text_corpus CORPORA

#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>

#include "libcomponent/text/printer.h"
#include "libcomponent/text/structurally_equal.h"
#include "libcomponent/text/wast_script.h"

namespace {

using component::text::Command;
using Kind = wasm::text::Command::Kind;

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

std::vector<std::string> Split(const std::string& text, char separator) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == separator) {
      parts.emplace_back();
    } else {
      parts.back().push_back(c);
    }
  }
  return parts;
}

struct Totals {
  int files = 0;
  int commands = 0;
  int components = 0;
  int refused = 0;  // as asserted
  int same = 0;     // after a round trip through text
  int failures = 0;
};

// What is wrong, if anything.
std::optional<std::string> RoundTrip(const component::Component& original,
                                     const component::text::ParseOptions& options) {
  for (const bool names : {true, false}) {
    wasm::text::PrintOptions print;
    print.names = names;
    const auto text = component::text::PrintComponent(original, print);
    if (!text) return "not printed: " + text.error().message();
    const auto again = component::text::ParseComponentText(*text, options);
    if (!again) {
      const auto position = again.error().position().value_or(wasm::TextPosition{});
      return "printed text is refused: " + std::to_string(position.line) + ":" +
             std::to_string(position.column) + ": " + again.error().message() + *text;
    }
    wasm::text::CompareOptions compare;
    compare.names = names;
    if (auto difference = component::text::FindDifference(original, *again->component, compare))
      return "parsed from its text: " + *difference;
  }
  return std::nullopt;
}

void CheckCommand(const std::string& file, const wasm::text::ScriptForm& form,
                  const component::text::ParseOptions& options, Totals& totals) {
  ++totals.commands;
  auto report = [&](const std::string& what) {
    ++totals.failures;
    std::printf("%s:%u: %s\n", file.c_str(), form.position.line, what.c_str());
  };
  const auto command = component::text::ParseCommand(form);
  if (!command) {
    report("command: " + command.error().message());
    return;
  }
  if (!command->component) return;
  const auto parsed = ScriptComponentContents(*command->component, options);
  const bool binary = command->component->form == component::text::ScriptComponent::Form::kBinary;
  if (binary) return;
  ++totals.components;
  if (command->core.kind == Kind::kAssertMalformed) {
    if (!parsed) ++totals.refused;
    // A text that is not quoted is well-formed but for what the binary format makes of it.
    if (parsed && command->component->form == component::text::ScriptComponent::Form::kQuote)
      report("parses, but: " + command->core.text);
  } else if (!parsed) {
    const auto position = parsed.error().position().value_or(wasm::TextPosition{});
    report(std::to_string(position.line) + ":" + std::to_string(position.column) + ": " +
           parsed.error().message());
  } else if (auto problem = RoundTrip(*parsed->component, options)) {
    report(*problem);
  } else {
    ++totals.same;
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const std::string corpora = argv[1];
  std::istringstream scope(ReadFile(corpora + "/SCOPE.tsv"));
  Totals totals;
  for (std::string line; std::getline(scope, line);) {
    const auto cells = Split(line, '\t');
    if (cells.size() < 5 || !cells[0].starts_with("component/")) continue;
    if (cells[4] == "*") continue;
    component::text::ParseOptions options;
    for (const std::string& on : Split(cells[1], ','))
      if (const auto feature = component::FeatureFromName(on)) options.features.Set(*feature, true);
    const std::string text = ReadFile(corpora + "/" + cells[0]);
    ++totals.files;
    if (cells[0].ends_with(".wat")) {
      auto parsed = component::text::ParseComponentText(text, options);
      if (parsed) {
        ++totals.failures;
        std::printf("%s: parses\n", cells[0].c_str());
      } else {
        ++totals.refused;
      }
      continue;
    }
    std::set<int> skipped;
    for (const std::string& ordinal : Split(cells[4], ','))
      if (!ordinal.empty()) skipped.insert(std::stoi(ordinal));
    component::text::ScriptReader reader(text);
    for (int ordinal = 1;; ++ordinal) {
      auto form = reader.Next();
      if (!form) {
        ++totals.failures;
        std::printf("%s: %s\n", cells[0].c_str(), form.error().message().c_str());
        break;
      }
      if (!*form) break;
      if (!skipped.contains(ordinal)) CheckCommand(cells[0], **form, options, totals);
    }
  }
  std::printf("%d files, %d commands, %d component texts, %d the same after a round trip, %d refused as asserted, %d failures\n",
              totals.files, totals.commands, totals.components, totals.same, totals.refused, totals.failures);
  return totals.failures == 0 ? 0 : 1;
}
