// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// How long processes live: runs several commands in turn, again and again, so that what disturbs
// the machine disturbs all of them, and prints for each the median and the least of the wall times
// in microseconds.
//
//   spawn_time ROUNDS COMMAND ARGS… -- COMMAND ARGS… -- …

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

struct Command {
  std::vector<char*> arguments;  // ends with a null
  std::vector<double> micros;
};

bool Spawn(Command& command, const posix_spawn_file_actions_t& quiet) {
  Clock::time_point begin = Clock::now();
  pid_t pid;
  if (posix_spawn(&pid, command.arguments[0], &quiet, nullptr, command.arguments.data(), environ) !=
      0) {
    std::fprintf(stderr, "cannot run %s\n", command.arguments[0]);
    return false;
  }
  int status;
  waitpid(pid, &status, 0);
  command.micros.push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
  if (status != 0) std::fprintf(stderr, "%s: status %d\n", command.arguments[0], status);
  return status == 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: spawn_time ROUNDS COMMAND ARGS… -- COMMAND ARGS… …\n");
    return 2;
  }
  std::vector<Command> commands(1);
  for (int i = 2; i < argc; ++i) {
    if (std::strcmp(argv[i], "--") == 0) {
      commands.emplace_back();
    } else {
      commands.back().arguments.push_back(argv[i]);
    }
  }
  for (Command& command : commands) command.arguments.push_back(nullptr);

  posix_spawn_file_actions_t quiet;
  posix_spawn_file_actions_init(&quiet);
  posix_spawn_file_actions_addopen(&quiet, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  int rounds = std::max(1, std::atoi(argv[1]));
  for (int round = 0; round < rounds; ++round) {
    for (Command& command : commands) {
      if (!Spawn(command, quiet)) return 1;
    }
  }
  for (Command& command : commands) {
    std::sort(command.micros.begin(), command.micros.end());
    std::printf("%.1f\t%.1f\n", command.micros[command.micros.size() / 2], command.micros[0]);
  }
  return 0;
}
