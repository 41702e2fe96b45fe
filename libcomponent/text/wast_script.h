// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Test scripts (.wast) with components in them. Forms are found by the core's reader and commands
// on modules are understood by the core's parser (libwasm/text/wast_script.h); this adds components
// wherever a module may stand, and component values:
//
//   (component $i …)                    defines and instantiates
//   (component $i binary|quote "…"…)
//   (component definition $i? …)        defines
//   (component instance $i? $d?)        instantiates a definition
//   (assert_invalid|malformed|unlinkable|trap (component …) "…")
//   (invoke $i? "f" (u8.const 1) …)     and the assertions on it

#ifndef TRENAIL_LIBCOMPONENT_TEXT_WAST_SCRIPT_H_
#define TRENAIL_LIBCOMPONENT_TEXT_WAST_SCRIPT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libcomponent/text/parse_component.h"
#include "libcomponent/text/script_values.h"
#include "libwasm/support/error.h"
#include "libwasm/text/wast_script.h"

namespace component::text {

class ScriptReader : public wasm::text::ScriptReader {
 public:
  explicit ScriptReader(std::string_view script) : wasm::text::ScriptReader(script, true) {}
};

struct ScriptComponent {
  enum class Form : uint8_t { kText, kBinary, kQuote };
  Form form = Form::kText;
  std::string name;  // identifier without `$`; empty: none
  wasm::TextPosition position;
  std::string_view source;  // its text in the script

  std::string_view script;
  std::shared_ptr<const std::vector<wasm::text::Token>> tokens;
  uint32_t begin = 0;  // kText: identifier and definitions; otherwise the strings
  uint32_t end = 0;
};

// The component, or of kBinary its bytes. Positions in errors are those of the script, but for
// kQuote those of the quoted text.
wasm::Result<TextComponent> ScriptComponentContents(const ScriptComponent& component,
                                                    const ParseOptions& options = {});
// kQuote: the text the strings make, definitions alone; kText: its source.
std::string ScriptComponentText(const ScriptComponent& component);

struct Command {
  // What the core's parser makes of it, or would if it knew components: kind, position, source,
  // action (without its values if not `core_values`), text, name and definition are always right.
  wasm::text::Command core;

  // kModule, kModuleDefinition, kModuleInstance and the assertions on a module: it is a component.
  // Then `component` stands for core.module (but kModuleInstance has none).
  bool of_component = false;
  std::optional<ScriptComponent> component;

  // Actions and the assertions on them: whether the values can be those of a function of a module
  // instance, of a component instance, or, if there are none but floats, of either.
  bool core_values = false;
  bool component_values = false;
  std::vector<ScriptValue> args;
  std::vector<ScriptValue> results;
};

// Fails with kMalformed on a form that is not a command known here.
wasm::Result<Command> ParseScriptCommand(const wasm::text::ScriptForm& form);

}  // namespace component::text

#endif  // TRENAIL_LIBCOMPONENT_TEXT_WAST_SCRIPT_H_
