// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The program: finds the verb and calls it. Nothing else is set up here, so that a short run stays
// short. An error that nobody foresaw ends here with a sentence, not with a core dump.

#include <csignal>
#include <cstdio>
#include <new>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/report.h"

namespace trenail::cli {
namespace {

struct Verb {
  std::string_view name;
  std::string_view summary;
  int (*run)(const Arguments&);
};

constexpr Verb kVerbs[] = {
#ifdef TRENAIL_VERB_RUN
    {"run", "run a module or a component", RunCommand},
#endif
#ifdef TRENAIL_VERB_SERVE
    {"serve", "answer HTTP requests by a component", ServeCommand},
#endif
#ifdef TRENAIL_VERB_UP
    {"up", "run components when requests, messages or times come", UpCommand},
#endif
#ifdef TRENAIL_VERB_SERVE
    {"explain", "say what a file is, needs and takes", ExplainCommand},
#endif
#ifdef TRENAIL_VERB_COMPILE
    {"compile", "compile a module or a component to native code", CompileCommand},
#endif
#ifdef TRENAIL_VERB_VALIDATE
    {"validate", "check modules and components", ValidateCommand},
#endif
#ifdef TRENAIL_VERB_TEXT
    {"parse", "text to binary", ParseCommand},
    {"print", "binary to text", PrintCommand},
#endif
#ifdef TRENAIL_VERB_COMPONENT
    {"component", "make components of modules", ComponentCommand},
#endif
#ifdef TRENAIL_VERB_OBJDUMP
    {"objdump", "show sections, types, code and side tables", ObjdumpCommand},
#endif
#ifdef TRENAIL_VERB_VALIDATE
    {"strip", "remove custom sections", StripCommand},
#endif
#ifdef TRENAIL_COMPONENTS
    {"wit", "print, check and compare WIT, of texts and components", WitCommand},
    {"bind", "write typed bindings of a world, for hosts and guests", BindCommand},
#endif
#ifdef TRENAIL_VERB_COMPOSE
    {"plug", "satisfy imports of a component from others", PlugCommand},
    {"compose", "build the component that a WAC document describes", ComposeCommand},
#endif
#ifdef TRENAIL_VERB_WAST
    {"wast", "run specification scripts", WastCommand},
#endif
    {"version", "print the version and how the program was built", VersionCommand},
};

std::string Help() {
  std::string text = "trenail " TRENAIL_VERSION
                     ": runs, checks and explains WebAssembly\n\n"
                     "Usage: trenail VERB [OPTIONS] …\n\nVerbs:\n";
  for (const Verb& verb : kVerbs) {
    text += "  " + std::string(verb.name) + std::string(12 - verb.name.size(), ' ') +
            std::string(verb.summary) + "\n";
  }
  text +=
      "\ntrenail VERB --help explains a verb; trenail --version names the version.\n"
      "Exit codes: 0; 1 a check did not hold; 2 wrong usage or unreadable file;\n"
      "134 a trap; otherwise the guest's own.\n";
  return text;
}

int Main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs(Help().c_str(), stderr);
    return kExitUsage;
  }
  std::string_view name = argv[1];
  Arguments arguments(argv + 2, argv + argc);
  if (name == "--help" || name == "-h" || name == "help") {
    if (name != "help" || arguments.empty()) {
      std::fputs(Help().c_str(), stdout);
      return kExitOk;
    }
    // "trenail help run" is "trenail run --help".
    std::string verb = arguments.front();
    arguments = {"--help"};
    for (const Verb& candidate : kVerbs) {
      if (candidate.name == verb) return candidate.run(arguments);
    }
    PrintError("no verb is called " + verb + "; trenail --help lists them");
    return kExitUsage;
  }
  if (name == "--version" || name == "-V") return VersionCommand(arguments);
  for (const Verb& verb : kVerbs) {
    if (verb.name == name) return verb.run(arguments);
  }
  std::string message = "no verb is called " + std::string(name);
  if (name.ends_with(".wasm") || name.ends_with(".wat")) {
    message += "; to run a file: trenail run " + std::string(name);
  } else {
    message += "; trenail --help lists them";
  }
  PrintError(message);
  return kExitUsage;
}

}  // namespace
}  // namespace trenail::cli

int main(int argc, char** argv) {
  using namespace trenail::cli;
  int code = kExitFailed;
  try {
    code = Main(argc, argv);
  } catch (const std::bad_alloc&) {
    PrintError("out of memory");
  } catch (const std::exception& error) {
    PrintError(error.what());
  }
  // Output that could not be written must not look like success.
  if (std::fflush(stdout) != 0 && code == kExitOk) {
    PrintError("cannot write to standard output");
    code = kExitFailed;
  }
  return code;
}
