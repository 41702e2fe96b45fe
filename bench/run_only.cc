// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The least program that runs modules: decode, validate, interpret, WASI preview 1; no text format,
// no command line. Its size is the size of the library as an embedder links it.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <span>

#include "interp/interp.h"
#include "libwasi/libwasi.h"
#include "libwasm/libwasm.h"

namespace {

trenail::Result<void> Run(std::span<const uint8_t> bytes, trenail::WasiConfig config) {
  trenail::Engine engine(trenail::MakeInterpreter());
  trenail::Module module = TRY(trenail::Module::Parse(engine, bytes));
  trenail::Store store(engine);
  trenail::Linker linker(store);
  std::unique_ptr<trenail::Wasi> wasi = TRY(trenail::Wasi::Create(std::move(config)));
  TRY_VOID(wasi->Link(linker, module));
  trenail::Instance instance = TRY(linker.Instantiate(module));
  std::optional<trenail::Func> start = instance.GetFunc("_start");
  if (!start) return {};
  return wasi->Finish(start->Call({}));
}

}  // namespace

int main(int argc, char** argv) {
  int file = argc < 2 ? -1 : open(argv[1], O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (file < 0 || fstat(file, &status) != 0) return 2;
  size_t size = static_cast<size_t>(status.st_size);
  void* bytes = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (bytes == MAP_FAILED) return 2;
  trenail::WasiConfig config;
  for (int i = 1; i < argc; ++i) config.args.emplace_back(argv[i]);
  config.stdout_stream = trenail::WasiStream::Host(STDOUT_FILENO);
  config.stderr_stream = trenail::WasiStream::Host(STDERR_FILENO);
  auto result = Run({static_cast<const uint8_t*>(bytes), size}, std::move(config));
  if (result) return 0;
  if (result.error().kind() == trenail::ErrorKind::kExit) return result.error().exit_code();
  std::string_view message = result.error().message();
  if (write(STDERR_FILENO, message.data(), message.size()) < 0) return 1;
  return 1;
}
