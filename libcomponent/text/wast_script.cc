// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/text/wast_script.h"

#include <iterator>
#include <span>
#include <utility>

#include "libwasm/text/cursor.h"

namespace component::text {
namespace {

using wasm::text::Action;
using wasm::text::Cursor;
using wasm::text::ScriptForm;
using wasm::text::Token;
using wasm::text::TokenKind;
using CoreCommand = wasm::text::Command;
using Kind = CoreCommand::Kind;

// The commands that may hold a component or an action.
struct CommandWord {
  std::string_view word;
  Kind kind;
  bool has_text;
};
constexpr CommandWord kCommandWords[] = {
    {"assert_return", Kind::kAssertReturn, false},
    {"assert_trap", Kind::kAssertTrap, true},
    {"assert_exhaustion", Kind::kAssertExhaustion, true},
    {"assert_exception", Kind::kAssertException, false},
    {"assert_malformed", Kind::kAssertMalformed, true},
    {"assert_invalid", Kind::kAssertInvalid, true},
    {"assert_unlinkable", Kind::kAssertUnlinkable, true},
};

class CommandParser {
 public:
  explicit CommandParser(const ScriptForm& form)
      : form_(form), in_(form.script, std::span(*form.tokens).first(form.end)) {
    in_.Seek(form.begin);
  }

  // Whether the command is about a component as a whole, or may be about an action.
  bool AtComponentCommand() const {
    if (in_.AtForm("component")) return true;
    return FindWord() != nullptr && in_.Peek(2).kind == TokenKind::kLeft &&
           in_.AtKeyword("component", 3);
  }
  bool AtActionCommand() const {
    if (in_.AtForm("invoke") || in_.AtForm("get")) return true;
    return FindWord() != nullptr && in_.Peek(2).kind == TokenKind::kLeft &&
           (in_.AtKeyword("invoke", 3) || in_.AtKeyword("get", 3));
  }
  // Whether a value stands in the action or behind it that no core function takes.
  bool HasComponentValue() const;

  bool ParseComponentCommand(Command* command);
  bool ParseActionCommand(Command* command);
  wasm::Error TakeError() { return in_.TakeError(); }

 private:
  const CommandWord* FindWord() const {
    for (const CommandWord& word : kCommandWords)
      if (in_.AtForm(word.word)) return &word;
    return nullptr;
  }
  std::string IdText(const Token& id) const {
    std::string storage;
    return std::string(wasm::text::IdName(in_.Text(id), &storage));
  }
  void OptionalId(std::string* name) {
    if (in_.At(TokenKind::kId)) *name = IdText(in_.Take());
  }
  void Begin(Command* command, Kind kind) {
    command->core.kind = kind;
    command->core.position = form_.position;
    command->core.source = form_.source;
  }
  // Behind `( component` and what tells its kind.
  bool Component(uint32_t open, ScriptComponent* component);
  bool ActionForm(Command* command);

  const ScriptForm& form_;
  Cursor in_;
};

bool CommandParser::HasComponentValue() const {
  Cursor at(in_.source(), in_.tokens());
  for (uint32_t i = form_.begin; i < form_.end; ++i) {
    at.Seek(i);
    if (at.At(TokenKind::kLeft) && AtComponentValue(at) && !at.AtForm("f32.const") &&
        !at.AtForm("f64.const"))
      return true;
  }
  return false;
}

bool CommandParser::Component(uint32_t open, ScriptComponent* component) {
  const Token& first = in_.tokens()[open];
  const Token& close = in_.tokens()[first.partner];
  component->script = form_.script;
  component->tokens = form_.tokens;
  component->position =
      open == form_.begin ? form_.position : wasm::text::PositionAt(form_.script, first.begin);
  component->source = form_.script.substr(first.begin, close.end - first.begin);
  component->begin = in_.index();
  component->end = first.partner;
  OptionalId(&component->name);
  if (in_.AtKeyword("binary") || in_.AtKeyword("quote")) {
    component->form =
        in_.AtKeyword("quote") ? ScriptComponent::Form::kQuote : ScriptComponent::Form::kBinary;
    in_.Take();
    component->begin = in_.index();
    while (in_.At(TokenKind::kString)) in_.Take();
    return in_.ExpectRight();
  }
  in_.Seek(component->end + 1);
  return true;
}

bool CommandParser::ParseComponentCommand(Command* command) {
  command->of_component = true;
  const CommandWord* word = FindWord();
  const uint32_t open = word != nullptr ? in_.index() + 2 : in_.index();
  Begin(command, word != nullptr ? word->kind : Kind::kModule);
  in_.Seek(open + 2);
  if (word != nullptr) {
    in_.TakeKeyword("definition");
    return Component(open, &command->component.emplace()) &&
           in_.ExpectString(&command->core.text) && in_.ExpectRight();
  }
  if (in_.TakeKeyword("instance")) {
    command->core.kind = Kind::kModuleInstance;
    OptionalId(&command->core.name);
    OptionalId(&command->core.definition);
    return in_.ExpectRight();
  }
  if (in_.TakeKeyword("definition")) command->core.kind = Kind::kModuleDefinition;
  return Component(open, &command->component.emplace());
}

bool CommandParser::ActionForm(Command* command) {
  Action& action = command->core.action.emplace();
  if (in_.TakeForm("get")) {
    action.kind = Action::Kind::kGet;
  } else if (!in_.ExpectForm("invoke")) {
    return false;
  }
  OptionalId(&action.module);
  if (!in_.ExpectString(&action.name)) return false;
  while (action.kind == Action::Kind::kInvoke && in_.At(TokenKind::kLeft))
    if (!ParseComponentValue(in_, false, &command->args.emplace_back())) return false;
  return in_.ExpectRight();
}

bool CommandParser::ParseActionCommand(Command* command) {
  const CommandWord* word = FindWord();
  Begin(command, word != nullptr ? word->kind : Kind::kAction);
  if (word == nullptr) return ActionForm(command) && (in_.At(TokenKind::kEnd) || in_.Unexpected());
  in_.TakeForm(word->word);
  if (!ActionForm(command)) return false;
  while (word->kind == Kind::kAssertReturn && in_.At(TokenKind::kLeft))
    if (!ParseComponentValue(in_, true, &command->results.emplace_back())) return false;
  if (word->has_text && !in_.ExpectString(&command->core.text)) return false;
  return in_.ExpectRight();
}

// Strings are whatever their bytes are; the grammar of what they make is checked later.
std::string JoinStrings(const ScriptComponent& component) {
  std::string text;
  for (uint32_t i = component.begin; i < component.end; ++i) {
    const Token& token = (*component.tokens)[i];
    wasm::text::AppendStringValue(component.script.substr(token.begin, token.end - token.begin),
                                  &text);
  }
  return text;
}

}  // namespace

wasm::Result<Command> ParseScriptCommand(const ScriptForm& form) {
  Command command;
  CommandParser parser(form);
  if (form.inline_module || !(parser.AtComponentCommand() || parser.AtActionCommand())) {
    command.core = TRY(wasm::text::ParseCommand(form));
    return command;
  }
  if (parser.AtComponentCommand()) {
    if (!parser.ParseComponentCommand(&command)) return std::unexpected(parser.TakeError());
    return command;
  }
  const bool only_component = parser.HasComponentValue();
  command.component_values = parser.ParseActionCommand(&command);
  if (only_component) {
    if (!command.component_values) return std::unexpected(parser.TakeError());
    return command;
  }
  command.core = TRY(wasm::text::ParseCommand(form));
  command.core_values = true;
  if (!command.component_values) {
    command.args.clear();
    command.results.clear();
  }
  return command;
}

std::string ScriptComponentText(const ScriptComponent& component) {
  return component.form == ScriptComponent::Form::kQuote ? JoinStrings(component)
                                                         : std::string(component.source);
}

wasm::Result<TextComponent> ScriptComponentContents(const ScriptComponent& component,
                                                    const ParseOptions& given_options) {
  ParseOptions options = given_options;
  options.core.plain_operands = true;
  TextComponent result;
  switch (component.form) {
    case ScriptComponent::Form::kBinary: {
      const std::string bytes = JoinStrings(component);
      result.binary.assign(bytes.begin(), bytes.end());
      break;
    }
    case ScriptComponent::Form::kQuote:
      result.component = TRY(ParseComponentFields(JoinStrings(component), options));
      break;
    case ScriptComponent::Form::kText:
      result.component = TRY(ParseComponentTokens({.source = component.script,
                                                   .tokens = *component.tokens,
                                                   .begin = component.begin,
                                                   .end = component.end},
                                                  options));
      break;
  }
  return result;
}

}  // namespace component::text
