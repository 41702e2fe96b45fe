// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The options of one verb: declared, parsed, explained by --help. Ours, because the program must
// start quickly and stay small: a parser built on iostreams costs 800 KB and a quarter of a
// millisecond at each start (docs/decisions.md).

#ifndef TRENAIL_CLI_OPTIONS_H_
#define TRENAIL_CLI_OPTIONS_H_

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace trenail::cli {

// Exit codes of the program. A guest's own exit code is passed on as it is.
inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;  // a check did not hold; malformed, invalid, unlinkable
inline constexpr int kExitUsage = 2;   // wrong usage, unreadable file
inline constexpr int kExitTrap = 134;  // a trap, an uncaught exception, a deadline, spent fuel

class Options {
 public:
  // `verb` is what stands after "trenail "; `footer` closes the help text.
  Options(std::string_view verb, std::string_view description, std::string_view footer = "");

  // `names`: "-o,--output" or "--json". `value` is the placeholder of the help text. Of an option
  // given twice the last counts; Strings collects all. Values follow as "--name V", "--name=V",
  // "-o V" or "-oV". An empty `help` keeps an option, for tests, out of the help text.
  void Flag(std::string_view names, bool* target, std::string_view help);
  void String(std::string_view names, std::string* target, std::string_view value,
              std::string_view help);
  void Strings(std::string_view names, std::vector<std::string>* target, std::string_view value,
               std::string_view help);
  void Count(std::string_view names, std::optional<uint64_t>* target, std::string_view value,
             std::string_view help);
  void Size(std::string_view names, std::optional<uint64_t>* target, std::string_view value,
            std::string_view help);
  void Duration(std::string_view names, std::optional<std::chrono::nanoseconds>* target,
                std::string_view value, std::string_view help);
  void Choice(std::string_view names, std::string* target, std::vector<std::string> choices,
              std::string_view help);

  // The files that the verb works on. One of these at most.
  void File(std::string* target, std::string_view help);
  void Files(std::vector<std::string>* target, std::string_view help);
  // A file, and everything after it untouched, whatever it looks like: the guest's arguments.
  void FileAndGuestArguments(std::string* file, std::vector<std::string>* arguments,
                             std::string_view help);

  // `arguments` stand after the verb. Returns nothing where the verb may go on; else the exit code
  // (the help was asked for and printed, or the usage was wrong and is now explained on stderr).
  std::optional<int> Parse(const std::vector<std::string>& arguments);

  // For what only the verb can judge. Prints and returns kExitUsage.
  int WrongUsage(std::string_view message) const;

  std::string Help() const;

 private:
  enum class Kind { kFlag, kString, kStrings, kCount, kSize, kDuration, kChoice };
  enum class Positional { kNone, kFile, kFiles, kGuest };

  struct Option {
    Kind kind;
    std::string names;
    void* target;  // what `kind` says
    std::string value;
    std::string help;
    std::vector<std::string> choices = {};
  };

  const Option* Find(std::string_view name) const;
  // Stores `text`; returns what is wrong with it, or nothing.
  std::string Store(const Option& option, std::string_view name, const std::string& text) const;

  std::string verb_;
  std::string description_;
  std::string footer_;
  std::vector<Option> options_;
  Positional positional_ = Positional::kNone;
  std::string* file_ = nullptr;
  std::vector<std::string>* files_ = nullptr;
  std::string positional_help_;
};

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_OPTIONS_H_
