// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The only user of CLI11.

#include "cli/options.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "cli/quantity.h"
#include "cli/report.h"

namespace trenail::cli {

struct Options::State {
  explicit State(std::string description, std::string name)
      : app(std::move(description), std::move(name)) {}
  CLI::App app;
  std::string* guest_file = nullptr;
  std::vector<std::string>* guest_arguments = nullptr;
};

namespace {

constexpr size_t kHelpColumn = 28;

// The usage line of a verb whose file CLI11 does not know of.
class GuestFormatter : public CLI::Formatter {
 public:
  explicit GuestFormatter(std::string help) : help_(std::move(help)) {}
  std::string make_usage(const CLI::App*, std::string name) const override {
    return "Usage: " + name + " [OPTIONS] FILE [ARGUMENTS]\n\n" + help_ + "\n";
  }

 private:
  std::string help_;
};

// An option whose text is understood by `parse`; what it does not understand is wrong usage.
template <typename T>
void AddParsed(CLI::App& app, const char* names, std::optional<T>* target, const char* value,
               const char* help, std::optional<T> (*parse)(std::string_view), const char* example) {
  app.add_option_function<std::string>(
         names,
         [target, parse, example, names](const std::string& text) {
           *target = parse(text);
           if (!target->has_value()) {
             throw CLI::ValidationError(names,
                                        "cannot understand \"" + text + "\" (" + example + ")");
           }
         },
         help)
      ->type_name(value)
      ->take_last();
}

}  // namespace

Options::Options(std::string_view verb, std::string_view description, std::string_view footer)
    : state_(std::make_unique<State>(std::string(description), "trenail " + std::string(verb))) {
  state_->app.get_formatter()->column_width(kHelpColumn);
  state_->app.get_option("--help")->description("print this text");
  if (!footer.empty()) state_->app.footer(std::string(footer));
}

Options::~Options() = default;

void Options::Flag(const char* names, bool* target, const char* help) {
  state_->app.add_flag(names, *target, help);
}

void Options::String(const char* names, std::string* target, const char* value, const char* help) {
  state_->app.add_option(names, *target, help)->type_name(value)->take_last();
}

void Options::Strings(const char* names, std::vector<std::string>* target, const char* value,
                      const char* help) {
  // One value for each mention, so that a file name after it is not taken for a second one.
  state_->app.add_option(names, *target, help)->type_name(value)->expected(1)->take_all();
}

void Options::Count(const char* names, std::optional<uint64_t>* target, const char* value,
                    const char* help) {
  AddParsed<uint64_t>(state_->app, names, target, value, help, ParseCount,
                      "a number such as 1000 or 10M");
}

void Options::Size(const char* names, std::optional<uint64_t>* target, const char* value,
                   const char* help) {
  AddParsed<uint64_t>(state_->app, names, target, value, help, ParseSize,
                      "a size such as 65536, 512K or 64M");
}

void Options::Duration(const char* names, std::optional<std::chrono::nanoseconds>* target,
                       const char* value, const char* help) {
  AddParsed<std::chrono::nanoseconds>(state_->app, names, target, value, help, ParseDuration,
                                      "a duration such as 5s, 250ms or 1m30s");
}

void Options::Choice(const char* names, std::string* target, std::vector<std::string> choices,
                     const char* help) {
  std::string value;
  for (const std::string& choice : choices) value += (value.empty() ? "" : "|") + choice;
  state_->app.add_option(names, *target, help)
      ->type_name(value)
      ->check([choices = std::move(choices), value](const std::string& text) -> std::string {
        if (std::find(choices.begin(), choices.end(), text) != choices.end()) return "";
        return "\"" + text + "\" is none of " + value;
      })
      ->take_last();
}

void Options::File(std::string* target, const char* help) {
  state_->app.add_option("FILE", *target, help)->required()->type_name("");
}

void Options::Files(std::vector<std::string>* target, const char* help) {
  state_->app.add_option("FILE", *target, help)->required()->type_name("");
}

void Options::FileAndGuestArguments(std::string* file, std::vector<std::string>* arguments,
                                    const char* help) {
  // CLI11 is given only what stands before the file, so it knows of no positional; the help says
  // it.
  state_->guest_file = file;
  state_->guest_arguments = arguments;
  state_->app.prefix_command();
  auto formatter = std::make_shared<GuestFormatter>(help);
  formatter->column_width(kHelpColumn);
  state_->app.formatter(std::move(formatter));
}

std::optional<int> Options::Parse(const std::vector<std::string>& arguments) {
  // CLI11 takes its arguments from the back.
  std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
  try {
    state_->app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    std::string help = state_->app.help();
    std::fwrite(help.data(), 1, help.size(), stdout);
    return kExitOk;
  } catch (const CLI::ParseError& error) {
    return WrongUsage(error.what());
  }
  if (state_->guest_file != nullptr) {
    std::vector<std::string> rest = state_->app.remaining();
    bool literal = !rest.empty() && rest.front() == "--";
    if (literal) rest.erase(rest.begin());
    if (rest.empty()) return WrongUsage("a file is needed");
    if (!literal && rest.front().size() > 1 && rest.front().front() == '-') {
      return WrongUsage("unknown option " + rest.front());
    }
    *state_->guest_file = std::move(rest.front());
    state_->guest_arguments->assign(std::make_move_iterator(rest.begin() + 1),
                                    std::make_move_iterator(rest.end()));
  }
  return std::nullopt;
}

int Options::WrongUsage(std::string_view message) const {
  std::string text(message);
  while (!text.empty() && text.back() == '\n') text.pop_back();
  PrintError(text);
  std::string hint = "try: " + state_->app.get_name() + " --help\n";
  std::fwrite(hint.data(), 1, hint.size(), stderr);
  return kExitUsage;
}

}  // namespace trenail::cli
