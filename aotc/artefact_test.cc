// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The way from an object to a loaded artefact, with functions written in LLVM IR in place of
// translated ones: records, thunks of every shape, exceptions through a thunk, checks of the
// loader.

#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Object/SymbolicFile.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include <bit>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <set>

#include "aotc/artefact_object.h"
#include "aotc/link.h"
#include "aotc/target.h"
#include "libwasm/native/artefact_file.h"
#include "libwasm/support/sha256.h"

namespace wasm::aotc {
namespace {

using native::ArtefactFile;
using native::ArtefactHeader;
using native::At;
using native::FunctionRecord;

// (module (import "m" "f" (func)) (func $a (result i32)) (func $b …)): a type, an import, three
// functions with bodies, a name section, another custom section.
const std::vector<uint8_t> kModule = {
    0,  'a', 's', 'm', 1,   0,   0,    0, 1, 4,    1, 0x60, 0, 0,     // type () -> ()
    3,  4,   3,   0,   0,   0,                                        // three functions
    10, 12,  3,   3,   0,   1,   0x0b, 2, 0, 0x0b, 3, 0,    1, 0x0b,  // bodies: nop; empty; nop
    0,  6,   4,   'n', 'a', 'm', 'e',  0,                             // a (damaged) name section
    0,  4,   3,   'a', 'b', 'c'};

constexpr char kIr[] = R"(
define hidden i32 @f.add(ptr swiftself %context, i32 %a, i32 %b) section "trenail_text" {
  %r = add i32 %a, %b
  ret i32 %r
}
define hidden void @f.many(ptr swiftself %context, ptr %out, i64 %a, float %b, double %c, <2 x i64> %d) section "trenail_text" {
  store <2 x i64> %d, ptr %out
  %p1 = getelementptr i8, ptr %out, i64 16
  store double %c, ptr %p1
  %p2 = getelementptr i8, ptr %out, i64 32
  store float %b, ptr %p2
  %p3 = getelementptr i8, ptr %out, i64 48
  store i64 %a, ptr %p3
  ret void
}
define hidden i64 @f.context(ptr swiftself %context) section "trenail_text" {
  %r = load i64, ptr %context
  ret i64 %r
}
)";

CompiledObjects Code(const std::string& target) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic diagnostic;
  auto module = llvm::parseAssemblyString(kIr, diagnostic, context);
  REQUIRE(module != nullptr);
  auto machine = MakeTargetMachine(target, "", "", 0);
  REQUIRE(machine);
  module->setTargetTriple(target);
  module->setDataLayout((*machine)->createDataLayout());
  llvm::SmallVector<char, 0> bytes;
  llvm::raw_svector_ostream stream(bytes);
  llvm::legacy::PassManager passes;
  REQUIRE(
      !(*machine)->addPassesToEmitFile(passes, stream, nullptr, llvm::CodeGenFileType::ObjectFile));
  passes.run(*module);
  CompiledObjects code;
  code.objects.emplace_back(bytes.data(), bytes.size());
  code.functions = {
      {0, "f.add", "", "positions", 0, {{'i', 'i'}, {'i'}}},
      {1, "f.many", "", "", 0, {{'l', 'f', 'd', 'v'}, {'v', 'd', 'f', 'l'}}},
      {2, "f.context", "f.add", "", 0, {{}, {'l'}}},
  };
  code.header_flags = ArtefactHeader::kGuardPages;
  return code;
}

std::vector<std::string> Objects(const std::string& target, const std::string& symbol,
                                 const std::string& cpu = "") {
  CompileOptions options;
  options.target = target;
  CompiledObjects code = Code(target);
  code.cpu = cpu;
  auto frame = MakeFrameObjects(kModule, code, options, symbol, TRENAIL_AOTC_DEBUG_NONE);
  REQUIRE(frame);
  return {frame->first, code.objects[0], frame->last};
}

std::string Library(const std::string& target = ResolveTarget(""), const std::string& cpu = "") {
  const auto objects = Objects(target, "trenail_module", cpu);
  auto linked = LinkSharedLibrary({objects, target}, "trenail_module");
  if (!linked) FAIL(linked.error().message());
  return *linked;
}

std::span<const uint8_t> Bytes(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

struct Loaded {
  std::shared_ptr<const ArtefactFile> file;
  const FunctionRecord& record(size_t i) const {
    return At<FunctionRecord>(file->header().functions)[i];
  }
  uint32_t Call(size_t i, void* context, uint64_t* slots) const {
    const FunctionRecord& r = record(i);
    const char* base = reinterpret_cast<const char*>(&r);
    return reinterpret_cast<native::ArrayThunk>(const_cast<char*>(base + r.array_thunk))(
        const_cast<char*>(base + r.code), context, slots);
  }
};
Loaded Load() {
  auto file = ArtefactFile::FromMemory(Bytes(Library()));
  if (!file) FAIL(file.error().message());
  return {*file};
}

TEST_CASE("an artefact is linked, loaded and called") {
  const Loaded loaded = Load();
  const ArtefactHeader& header = loaded.file->header();
  CHECK(header.num_functions == 3);
  CHECK(header.flags == ArtefactHeader::kGuardPages);
  CHECK(std::memcmp(header.module_hash, Sha256(kModule).data(), 32) == 0);

  uint64_t slots[8] = {0xffffffff, 2};
  CHECK(loaded.Call(0, nullptr, slots) == 0);
  CHECK(slots[0] == 1);  // zero-extended

  const uint64_t f32 = std::bit_cast<uint32_t>(1.5f), f64 = std::bit_cast<uint64_t>(-2.25);
  uint64_t many[8] = {7, f32, f64, 0x1111, 0x2222};
  CHECK(loaded.Call(1, nullptr, many) == 0);
  CHECK(many[0] == 0x1111);
  CHECK(many[1] == 0x2222);
  CHECK(many[2] == f64);
  CHECK(many[3] == f32);
  CHECK(many[4] == 7);

  uint64_t context = 0x123456789abcdef0;
  CHECK(loaded.Call(2, &context, slots) == 0);
  CHECK(slots[0] == context);
}

TEST_CASE("the records and the range of the code") {
  const Loaded loaded = Load();
  const ArtefactHeader& header = loaded.file->header();
  const char* begin = At<char>(header.code_begin);
  const char* end = At<char>(header.code_end);
  REQUIRE(begin < end);
  for (size_t i = 0; i < 3; ++i) {
    const FunctionRecord& record = loaded.record(i);
    const char* base = reinterpret_cast<const char*>(&record);
    CHECK((base + record.code > begin && base + record.code < end));
    CHECK((base + record.array_thunk > begin && base + record.array_thunk < end));
  }
  const FunctionRecord& first = loaded.record(0);
  CHECK(first.tail == 0);
  CHECK(std::memcmp(reinterpret_cast<const char*>(&first) + first.positions, "positions", 9) == 0);
  CHECK(loaded.record(1).positions == 0);
  const FunctionRecord& third = loaded.record(2);
  CHECK(reinterpret_cast<const char*>(&third) + third.tail ==
        reinterpret_cast<const char*>(&first) + first.code);
  CHECK(*At<void*>(header.personality_slot) == nullptr);
}

TEST_CASE("the module in an artefact has no bodies and keeps its names") {
  const Loaded loaded = Load();
  const std::vector<uint8_t> expected = {
      0,  'a', 's', 'm', 1, 0,    0, 0, 1,    4, 1, 0x60, 0, 0, 3, 4,   3,   0,   0,   0,  //
      10, 10,  3,   2,   0, 0x0b, 2, 0, 0x0b, 2, 0, 0x0b, 0, 6, 4, 'n', 'a', 'm', 'e', 0};
  const auto wasm = loaded.file->wasm();
  CHECK(std::vector<uint8_t>(wasm.begin(), wasm.end()) == expected);
}

TEST_CASE("the same input gives the same bytes") {
  CHECK(Library() == Library());
  CHECK(Library("aarch64-unknown-linux-gnu") == Library("aarch64-unknown-linux-gnu"));
}

std::string Refusal(const std::string& bytes) {
  auto file = ArtefactFile::FromMemory(Bytes(bytes));
  REQUIRE(!file);
  return file.error().message();
}

TEST_CASE("what does not fit is refused with a sentence") {
  const std::string good = Library();
  const size_t header = good.find(std::string(ArtefactHeader::kMagic, 8));
  REQUIRE(header != std::string::npos);
  const auto with = [&](size_t at, char value) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(bytes[at] ^ value);
    return bytes;
  };
  CHECK(Refusal("") == "this is not a compiled artefact");
  CHECK(Refusal("hello") == "this is not a compiled artefact");
  CHECK(Refusal(with(header + offsetof(ArtefactHeader, abi_version), 2)).find("version 3") !=
        std::string::npos);
  CHECK(Refusal(with(header + offsetof(ArtefactHeader, fingerprint), 1)).find("another build") !=
        std::string::npos);
  CHECK(Refusal(with(header + offsetof(ArtefactHeader, checksum), 1)).find("checksum") !=
        std::string::npos);
  CHECK(Refusal(Library("aarch64-unknown-linux-gnu")).find("AArch64") != std::string::npos);
  CHECK(Refusal(Objects(ResolveTarget(""), "trenail_module")[0]).find("no shared library") !=
        std::string::npos);
  // Any byte changed, any length cut: never accepted.
  for (size_t at = 0; at < good.size(); at += 97)
    CHECK(!native::CheckArtefact(Bytes(with(at, 0x40))));
  for (size_t size = 0; size < good.size(); size += 61)
    CHECK(!native::CheckArtefact(Bytes(good.substr(0, size))));
}

TEST_CASE("processors") {
  CHECK(native::CheckProcessor(""));
  const auto refused = native::CheckProcessor("no-such-feature");
  REQUIRE(!refused);
  CHECK(refused.error().message().find("no-such-feature") != std::string::npos);
  // What a library was compiled for is recorded.
  CHECK(Library("x86_64-unknown-linux-gnu", "haswell").find("avx,avx2,fma") != std::string::npos);
  CHECK(Library("x86_64-unknown-linux-gnu").find("avx2") == std::string::npos);
  CHECK(Library("x86_64-unknown-linux-gnu").find("sse4.1,sse4.2,popcnt") != std::string::npos);
  CHECK(!MakeTargetMachine("x86_64-unknown-linux-gnu", "no-such-cpu", "", 0));
  CHECK(!MakeTargetMachine("riscv64-unknown-linux-gnu", "", "", 0));
  CHECK(ResolveTarget("aarch64-linux-gnu") == "aarch64-unknown-linux-gnu");
  CHECK(ResolveTarget("aarch64") == "aarch64-unknown-linux-gnu");
  CHECK(ResolveTarget("x86_64-pc-linux-gnu") == "x86_64-unknown-linux-gnu");
}

TEST_CASE("a relocatable object shows its module alone") {
  for (const std::string target : {"x86_64-unknown-linux-gnu", "aarch64-unknown-linux-gnu"}) {
    const auto objects = Objects(target, "my_module");
    auto linked = LinkObject({objects, target}, "my_module");
    if (!linked) FAIL(linked.error().message());
    auto file = llvm::object::ObjectFile::createObjectFile(llvm::MemoryBufferRef(*linked, "o"));
    REQUIRE(!!file);
    std::set<std::string> global;
    for (const llvm::object::SymbolRef& symbol : (*file)->symbols()) {
      const uint32_t flags = llvm::cantFail(symbol.getFlags());
      CHECK((flags & llvm::object::SymbolRef::SF_Undefined) == 0);
      if ((flags & llvm::object::SymbolRef::SF_Global) != 0)
        global.insert(llvm::cantFail(symbol.getName()).str());
    }
    CHECK(global == std::set<std::string>{"my_module"});
    auto archive = MakeArchive(*linked, "my.o");
    REQUIRE(archive);
    CHECK(archive->starts_with("!<arch>\n"));
    CHECK(archive->find("my_module") != std::string::npos);
  }
}

}  // namespace
}  // namespace wasm::aotc
