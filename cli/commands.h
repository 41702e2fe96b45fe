// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The verbs: one function each, in a file of its name. Each gets what stands after the verb and
// returns the exit code.

#ifndef TRENAIL_CLI_COMMANDS_H_
#define TRENAIL_CLI_COMMANDS_H_

#include <string>
#include <vector>

namespace trenail::cli {

using Arguments = std::vector<std::string>;

int RunCommand(const Arguments& arguments);
int ServeCommand(const Arguments& arguments);
int UpCommand(const Arguments& arguments);
int CompileCommand(const Arguments& arguments);
int ExplainCommand(const Arguments& arguments);
int ValidateCommand(const Arguments& arguments);
int ParseCommand(const Arguments& arguments);
int PrintCommand(const Arguments& arguments);
int ComponentCommand(const Arguments& arguments);
int ObjdumpCommand(const Arguments& arguments);
int StripCommand(const Arguments& arguments);
int WastCommand(const Arguments& arguments);
int BindCommand(const Arguments& arguments);
int WitCommand(const Arguments& arguments);
int PlugCommand(const Arguments& arguments);
int ComposeCommand(const Arguments& arguments);
int VersionCommand(const Arguments& arguments);

}  // namespace trenail::cli

#endif  // TRENAIL_CLI_COMMANDS_H_
