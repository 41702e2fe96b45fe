// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Scripts in text (.wast), read form by form.

#include <memory>

#include "libcomponent/binary/component_encoder.h"
#include "libcomponent/text/wast_script.h"
#include "libwasm/text/wast_script.h"
#include "spec-tests/runner/script.h"

namespace trenail::spec {
namespace {

using wasm::text::Command;
using SharedText = std::shared_ptr<const std::string>;

ScriptModule Convert(const wasm::text::ScriptModule& module, const SharedText& text) {
  // `text` is what the views in `module` point into.
  return {module.name, [module, text] { return wasm::text::ScriptModuleBytes(module); }};
}

ScriptComponent Convert(const component::text::ScriptComponent& from, const SharedText& text) {
  return {from.name,
          [from, text](const Engine& engine, const ComponentOptions& options) -> Result<Component> {
            const component::text::TextComponent contents =
                TRY(component::text::ScriptComponentContents(from, {.features = options.features}));
            if (contents.component == nullptr)
              return Component::Parse(engine, contents.binary, options);
            return Component::Parse(engine, component::binary::EncodeComponent(*contents.component),
                                    options);
          }};
}

ScriptValue Convert(const wasm::text::ScriptValue& from) {
  using Kind = wasm::text::ScriptValue::Kind;
  ScriptValue value;
  value.low = from.bits;
  switch (from.kind) {
    case Kind::kI32:
      value.type = ValType::kI32;
      break;
    case Kind::kI64:
      value.type = ValType::kI64;
      break;
    case Kind::kF32:
      value.type = ValType::kF32;
      break;
    case Kind::kF64:
      value.type = ValType::kF64;
      break;
    case Kind::kV128: {
      value.type = ValType::kV128;
      const auto halves = from.v128.Lanes<uint64_t>();
      value.low = halves[0];
      value.high = halves[1];
      break;
    }
    case Kind::kRefNull:
      value.kind = ScriptValue::Kind::kNull;
      value.heap_type = from.heap_type;
      break;
    case Kind::kRefExtern:
      value.kind = ScriptValue::Kind::kExtern;
      break;
    case Kind::kRefHost:
      value.kind = ScriptValue::Kind::kHost;
      break;
  }
  return value;
}

ResultPattern Number(ValType type, const wasm::text::LanePattern& lane) {
  ResultPattern pattern;
  pattern.type = type;
  pattern.low = lane.bits;
  if (lane.nan == wasm::text::NanPattern::kCanonical)
    pattern.kind = ResultPattern::Kind::kCanonicalNan;
  if (lane.nan == wasm::text::NanPattern::kArithmetic)
    pattern.kind = ResultPattern::Kind::kArithmeticNan;
  return pattern;
}

ValType LaneType(uint32_t bits, bool is_float) {
  switch (bits) {
    case 8:
      return ValType::kI8;
    case 16:
      return ValType::kI16;
    case 32:
      return is_float ? ValType::kF32 : ValType::kI32;
    default:
      return is_float ? ValType::kF64 : ValType::kI64;
  }
}

ResultPattern Convert(const wasm::text::ResultPattern& from) {
  using Kind = wasm::text::ResultPattern::Kind;
  ResultPattern pattern;
  pattern.low = from.lanes[0].bits;
  if (from.heap_type) pattern.heap_type = *from.heap_type;
  switch (from.kind) {
    case Kind::kI32:
      return Number(ValType::kI32, from.lanes[0]);
    case Kind::kI64:
      return Number(ValType::kI64, from.lanes[0]);
    case Kind::kF32:
      return Number(ValType::kF32, from.lanes[0]);
    case Kind::kF64:
      return Number(ValType::kF64, from.lanes[0]);
    case Kind::kV128:
      pattern.kind = ResultPattern::Kind::kVector;
      pattern.type = ValType::kV128;
      pattern.lane_bits = from.lane_bits;
      for (uint32_t i = 0; i < from.num_lanes; ++i)
        pattern.parts.push_back(Number(LaneType(from.lane_bits, from.float_lanes), from.lanes[i]));
      break;
    case Kind::kRefNull:
      pattern.kind = ResultPattern::Kind::kNull;
      break;
    case Kind::kRef:
      pattern.kind = ResultPattern::Kind::kRef;
      break;
    case Kind::kRefExtern:
      pattern.kind = ResultPattern::Kind::kExtern;
      break;
    case Kind::kRefHost:
      pattern.kind = ResultPattern::Kind::kHost;
      break;
    case Kind::kEither:
      pattern.kind = ResultPattern::Kind::kEither;
      for (const auto& part : from.either) pattern.parts.push_back(Convert(part));
      break;
  }
  return pattern;
}

ScriptCommand::Kind KindOf(Command::Kind kind) {
  using To = ScriptCommand::Kind;
  switch (kind) {
    case Command::Kind::kModule:
      return To::kModule;
    case Command::Kind::kModuleDefinition:
      return To::kModuleDefinition;
    case Command::Kind::kModuleInstance:
      return To::kModuleInstance;
    case Command::Kind::kRegister:
      return To::kRegister;
    case Command::Kind::kAction:
      return To::kAction;
    case Command::Kind::kAssertReturn:
      return To::kAssertReturn;
    case Command::Kind::kAssertTrap:
      return To::kAssertTrap;
    case Command::Kind::kAssertExhaustion:
      return To::kAssertExhaustion;
    case Command::Kind::kAssertException:
      return To::kAssertException;
    case Command::Kind::kAssertMalformed:
    case Command::Kind::kAssertMalformedCustom:
      return To::kAssertMalformed;
    case Command::Kind::kAssertInvalid:
    case Command::Kind::kAssertInvalidCustom:
      return To::kAssertInvalid;
    case Command::Kind::kAssertUnlinkable:
      return To::kAssertUnlinkable;
    case Command::Kind::kThread:
      return To::kThread;
    case Command::Kind::kWait:
      return To::kWait;
  }
  return To::kNotUnderstood;
}

ScriptCommand Read(const wasm::text::ScriptForm& form, const SharedText& text, bool top_level) {
  ScriptCommand command;
  command.name = form.keyword;
  command.line = form.position.line;
  Result<component::text::Command> read = component::text::ParseScriptCommand(form);
  if (!read) {
    command.kind = ScriptCommand::Kind::kNotUnderstood;
    command.text = read.error().message();
    if (const auto position = read.error().position())
      command.text +=
          " at " + std::to_string(position->line) + ":" + std::to_string(position->column);
    return command;
  }
  command.of_component = read->of_component;
  if (read->component) command.component = Convert(*read->component, text);
  command.core_values = read->core_values;
  command.component_values = read->component_values;
  command.component_args = std::move(read->args);
  command.component_results = std::move(read->results);
  Command* const parsed = &read->core;
  command.kind = KindOf(parsed->kind);
  command.text = parsed->text;
  if (parsed->module) command.module = Convert(*parsed->module, text);
  if (parsed->action) {
    command.has_action = true;
    const wasm::text::Action& action = *parsed->action;
    command.action.kind = action.kind == wasm::text::Action::Kind::kGet
                              ? ScriptAction::Kind::kGet
                              : ScriptAction::Kind::kInvoke;
    command.action.instance = action.module;
    command.action.field = action.name;
    for (const auto& arg : action.args) command.action.args.push_back(Convert(arg));
  }
  for (const auto& result : parsed->results) command.results.push_back(Convert(result));
  switch (command.kind) {
    case ScriptCommand::Kind::kModuleInstance:
      command.module.id = parsed->name;
      command.component.id = parsed->name;
      command.definition = parsed->definition;
      break;
    case ScriptCommand::Kind::kRegister:
      command.as = parsed->text;
      command.action.instance = parsed->name;
      break;
    case ScriptCommand::Kind::kThread:
    case ScriptCommand::Kind::kWait:
      command.thread = parsed->name;
      command.shared = parsed->shared_modules;
      // A thread within a thread is not understood: nesting stays bounded.
      for (const auto& inner : parsed->commands) {
        command.commands.push_back(top_level ? Read(inner, text, false) : ScriptCommand());
        if (!top_level) command.commands.back().kind = ScriptCommand::Kind::kNotUnderstood;
      }
      break;
    default:
      break;
  }
  return command;
}

}  // namespace

Result<Script> ReadTextScript(std::string contents, const OutOfScope& out_of_scope) {
  const SharedText text = std::make_shared<const std::string>(std::move(contents));
  component::text::ScriptReader reader(*text);
  Script script;
  script.text = text;
  uint32_t ordinal = 0;
  for (;;) {
    const std::optional<wasm::text::ScriptForm> form = TRY(reader.Next());
    if (!form) return script;
    const std::string why = out_of_scope(++ordinal);
    ScriptCommand command;
    if (why.empty()) {
      command = Read(*form, text, true);
    } else {
      command.kind = ScriptCommand::Kind::kOutOfScope;
      command.name = form->keyword;
      command.line = form->position.line;
      command.text = why;
    }
    command.ordinal = ordinal;
    script.commands.push_back(std::move(command));
  }
}

}  // namespace trenail::spec
