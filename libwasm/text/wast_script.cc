// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/text/wast_script.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "libwasm/text/cursor.h"
#include "libwasm/text/keywords.h"
#include "libwasm/text/wast_values.h"

namespace wasm::text {
namespace {

constexpr std::string_view kFieldWords[] = {"data",   "elem", "export", "func",  "global", "import",
                                            "memory", "rec",  "start",  "table", "tag",    "type"};

struct CommandWord {
  std::string_view word;
  Command::Kind kind;
};
constexpr CommandWord kCommandWords[] = {
    {"module", Command::Kind::kModule},
    {"register", Command::Kind::kRegister},
    {"invoke", Command::Kind::kAction},
    {"get", Command::Kind::kAction},
    {"assert_return", Command::Kind::kAssertReturn},
    {"assert_trap", Command::Kind::kAssertTrap},
    {"assert_exhaustion", Command::Kind::kAssertExhaustion},
    {"assert_exception", Command::Kind::kAssertException},
    {"assert_malformed", Command::Kind::kAssertMalformed},
    {"assert_malformed_custom", Command::Kind::kAssertMalformedCustom},
    {"assert_invalid", Command::Kind::kAssertInvalid},
    {"assert_invalid_custom", Command::Kind::kAssertInvalidCustom},
    {"assert_unlinkable", Command::Kind::kAssertUnlinkable},
    {"thread", Command::Kind::kThread},
    {"wait", Command::Kind::kWait},
};

class CommandParser {
 public:
  explicit CommandParser(const ScriptForm& form)
      : form_(form), in_(form.script, std::span(*form.tokens).first(form.end)) {
    in_.Seek(form.begin);
  }

  bool Parse(Command* command);
  Error TakeError() { return in_.TakeError(); }

 private:
  bool OptionalId(std::string* name) {
    if (in_.At(TokenKind::kId)) *name = IdText(in_.Take());
    return true;
  }
  std::string IdText(const Token& id) const {
    std::string storage;
    return std::string(IdName(in_.Text(id), &storage));
  }
  bool Contents(Command* command);
  // Behind `( module` and what tells its kind.
  bool Module(uint32_t open, ScriptModule* module);
  bool ModuleForm(ScriptModule* module);
  bool ActionForm(Action* action);
  bool Results(std::vector<ResultPattern>* results);
  bool Thread(Command* command);
  ScriptForm SubForm();

  const ScriptForm& form_;
  Cursor in_;
};

bool CommandParser::Module(uint32_t open, ScriptModule* module) {
  const Token& first = in_.tokens()[open];
  module->script = form_.script;
  module->tokens = form_.tokens;
  module->position = open == form_.begin ? form_.position : PositionAt(form_.script, first.begin);
  const Token& close = in_.tokens()[first.partner];
  module->source = form_.script.substr(first.begin, close.end - first.begin);
  module->begin = in_.index();
  module->end = first.partner;
  OptionalId(&module->name);
  if (in_.TakeKeyword("binary") || in_.TakeKeyword("quote")) {
    const bool quote = in_.Text(in_.tokens()[in_.index() - 1]) == "quote";
    module->form = quote ? ScriptModule::Form::kQuote : ScriptModule::Form::kBinary;
    module->begin = in_.index();
    while (in_.At(TokenKind::kString)) in_.Take();
    return in_.ExpectRight();
  }
  in_.Seek(module->end + 1);
  return true;
}

// (module …) within an assertion.
bool CommandParser::ModuleForm(ScriptModule* module) {
  const uint32_t open = in_.index();
  if (!in_.ExpectForm("module")) return false;
  in_.TakeKeyword("definition");
  return Module(open, module);
}

bool CommandParser::ActionForm(Action* action) {
  if (in_.TakeForm("get")) {
    action->kind = Action::Kind::kGet;
  } else if (!in_.ExpectForm("invoke")) {
    return false;
  }
  OptionalId(&action->module);
  // An export's name need not be a name that a text could spell; the suite has such.
  if (!in_.ExpectString(&action->name)) return false;
  while (action->kind == Action::Kind::kInvoke && in_.At(TokenKind::kLeft))
    if (!ParseScriptValue(in_, &action->args.emplace_back())) return false;
  return in_.ExpectRight();
}

bool CommandParser::Results(std::vector<ResultPattern>* results) {
  while (in_.At(TokenKind::kLeft))
    if (!ParseResultPattern(in_, &results->emplace_back())) return false;
  return true;
}

ScriptForm CommandParser::SubForm() {
  ScriptForm form;
  form.script = form_.script;
  form.tokens = form_.tokens;
  form.begin = in_.index();
  form.keyword = in_.Text(in_.Peek(1));
  form.position = PositionAt(form_.script, in_.Peek().begin);
  const uint32_t begin = in_.Peek().begin;
  in_.SkipForm();
  form.end = in_.index();
  form.source = form_.script.substr(begin, in_.tokens()[form.end - 1].end - begin);
  return form;
}

bool CommandParser::Thread(Command* command) {
  OptionalId(&command->name);
  while (in_.TakeForm("shared")) {
    if (!in_.ExpectForm("module")) return false;
    if (!in_.At(TokenKind::kId)) return in_.Unexpected();
    OptionalId(&command->shared_modules.emplace_back());
    if (!in_.ExpectRight() || !in_.ExpectRight()) return false;
  }
  while (in_.At(TokenKind::kLeft)) command->commands.push_back(SubForm());
  return true;
}

// What stands between the command's word and its closing parenthesis.
bool CommandParser::Contents(Command* command) {
  switch (command->kind) {
    case Command::Kind::kRegister:
      return in_.ExpectString(&command->text) && OptionalId(&command->name);
    case Command::Kind::kAssertReturn:
      return ActionForm(&command->action.emplace()) && Results(&command->results);
    case Command::Kind::kAssertTrap:
      if (in_.AtForm("module")) {
        if (!ModuleForm(&command->module.emplace())) return false;
      } else if (!ActionForm(&command->action.emplace())) {
        return false;
      }
      return in_.ExpectString(&command->text);
    case Command::Kind::kAssertExhaustion:
      return ActionForm(&command->action.emplace()) && in_.ExpectString(&command->text);
    case Command::Kind::kAssertException:
      return ActionForm(&command->action.emplace());
    case Command::Kind::kThread:
      return Thread(command);
    case Command::Kind::kWait:
      return OptionalId(&command->name);
    default:
      return ModuleForm(&command->module.emplace()) && in_.ExpectString(&command->text);
  }
}

bool CommandParser::Parse(Command* command) {
  command->position = form_.position;
  command->source = form_.source;
  if (form_.inline_module) {
    ScriptModule& module = command->module.emplace();
    module.script = form_.script;
    module.tokens = form_.tokens;
    module.position = form_.position;
    module.source = form_.source;
    module.begin = form_.begin;
    module.end = form_.end;
    return true;
  }
  const auto* word = std::find_if(std::begin(kCommandWords), std::end(kCommandWords),
                                  [&](const CommandWord& w) { return in_.AtForm(w.word); });
  if (word == std::end(kCommandWords)) {
    if (in_.At(TokenKind::kLeft)) in_.Take();
    return in_.Unexpected();
  }
  command->kind = word->kind;
  if (word->kind == Command::Kind::kAction)
    return ActionForm(&command->action.emplace()) && (in_.At(TokenKind::kEnd) || in_.Unexpected());
  const uint32_t open = in_.index();
  in_.TakeForm(word->word);
  if (word->kind == Command::Kind::kModule) {
    if (in_.TakeKeyword("instance")) {
      command->kind = Command::Kind::kModuleInstance;
      OptionalId(&command->name);
      OptionalId(&command->definition);
      return in_.ExpectRight();
    }
    if (in_.TakeKeyword("definition")) command->kind = Command::Kind::kModuleDefinition;
    return Module(open, &command->module.emplace());
  }
  return Contents(command) && in_.ExpectRight();
}

}  // namespace

Result<std::optional<ScriptForm>> ScriptReader::Next() {
  auto tokens = std::make_shared<std::vector<Token>>();
  auto is_field = [&](size_t first) {
    if (first >= tokens->size()) return false;
    if ((*tokens)[first].kind == TokenKind::kAnnotation) return true;
    if (first + 1 >= tokens->size()) return false;
    const Token& word = (*tokens)[first + 1];
    return std::binary_search(std::begin(kFieldWords), std::end(kFieldWords),
                              script_.substr(word.begin, word.end - word.begin));
  };
  if (!lexer_.Form(tokens.get())) return std::unexpected(lexer_.TakeError());
  if (tokens->empty()) return std::nullopt;

  ScriptForm form;
  form.inline_module = is_field(0);
  while (form.inline_module) {
    // What follows belongs to the module as long as it is a field, too.
    const uint32_t before = lexer_.offset();
    const size_t size = tokens->size();
    if (!lexer_.Form(tokens.get())) return std::unexpected(lexer_.TakeError());
    if (tokens->size() > size && is_field(size)) continue;
    tokens->resize(size);
    lexer_.Seek(before);
    break;
  }
  const uint32_t begin = tokens->front().begin;
  known_position_ = PositionAt(script_, begin, known_offset_, known_position_);
  known_offset_ = begin;
  form.script = script_;
  form.position = known_position_;
  form.source = script_.substr(begin, tokens->back().end - begin);
  form.end = static_cast<uint32_t>(tokens->size());
  if (form.inline_module) {
    form.keyword = "module";
  } else if (tokens->size() > 1 && (*tokens)[1].kind == TokenKind::kKeyword) {
    form.keyword = script_.substr((*tokens)[1].begin, (*tokens)[1].end - (*tokens)[1].begin);
  }
  form.tokens = std::move(tokens);
  return form;
}

Result<Command> ParseCommand(const ScriptForm& form) {
  Command command;
  CommandParser parser(form);
  if (!parser.Parse(&command)) return std::unexpected(parser.TakeError());
  return command;
}

std::string ScriptModuleText(const ScriptModule& module) {
  if (module.form != ScriptModule::Form::kQuote) return std::string(module.source);
  std::string text;
  for (uint32_t i = module.begin; i < module.end; ++i) {
    const Token& token = (*module.tokens)[i];
    AppendStringValue(module.script.substr(token.begin, token.end - token.begin), &text);
  }
  return text;
}

Result<std::vector<uint8_t>> ScriptModuleBytes(const ScriptModule& module,
                                               const WatOptions& options) {
  switch (module.form) {
    case ScriptModule::Form::kQuote:
      return ParseWat(ScriptModuleText(module), options);
    case ScriptModule::Form::kBinary: {
      std::string bytes;
      for (uint32_t i = module.begin; i < module.end; ++i) {
        const Token& token = (*module.tokens)[i];
        AppendStringValue(module.script.substr(token.begin, token.end - token.begin), &bytes);
      }
      return std::vector<uint8_t>(bytes.begin(), bytes.end());
    }
    case ScriptModule::Form::kText:
      break;
  }
  return ParseModuleTokens({.source = module.script,
                            .tokens = *module.tokens,
                            .begin = module.begin,
                            .end = module.end,
                            .has_head = true},
                           options);
}

}  // namespace wasm::text
