// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/validate/module_validator.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "libwasm/binary/expr_syntax.h"
#include "libwasm/binary/section_decoder.h"
#include "libwasm/support/reader.h"
#include "libwasm/validate/func_validator.h"
#include "libwasm/validate/module_context.h"
#include "libwasm/validate/module_rules.h"

namespace wasm::validate {

namespace {

Error WithFunction(Error error, const Module& module, FuncIdx index) {
  return std::move(error).WithFunction(index.value,
                                       std::string(module.names.functions.Find(index.value)));
}

// Holds what is needed to validate bodies later.
class ContextHolder : public BodyValidator {
 public:
  explicit ContextHolder(const ValidatedModule& module) : context(module) {}

  Result<const CodeInfo*> ValidateBody(const ValidatedModule& module, FuncIdx index) override {
    if (const CodeInfo* known = module.code(index)) return known;
    return module.Publish(index, TRY(Validate(index)));
  }

  Result<std::unique_ptr<CodeInfo>> Validate(FuncIdx index) const {
    FuncValidator validator(context);
    ErrorSink sink;
    std::unique_ptr<CodeInfo> info = validator.ValidateBody(index, &sink);
    if (info == nullptr)
      return std::unexpected(WithFunction(sink.TakeError(), context.module, index));
    return info;
  }

  ModuleContext context;
};

// Validates all bodies. Work is handed out in runs of functions; the error of the first function
// wins, whoever finds it.
class BodiesValidation {
 public:
  BodiesValidation(const ModuleContext& context, bool discard_code)
      : c_(context),
        discard_code_(discard_code),
        next_(context.module.num_imported_functions),
        limit_(num_functions()) {}

  std::optional<Error> Run(unsigned threads) {
    const size_t useful = std::min((num_functions() - next_) / kRun, CodeSize() / kCodePerThread);
    threads = static_cast<unsigned>(std::clamp<size_t>(threads, 1, std::max<size_t>(useful, 1)));
    std::vector<std::thread> helpers;
    for (unsigned i = 1; i < threads; ++i) helpers.emplace_back([this] { Work(); });
    Work();
    for (std::thread& helper : helpers) helper.join();
    return std::move(error_);
  }

 private:
  static constexpr uint32_t kRun = 16;
  // Starting a thread takes as long as validating about a tenth of this.
  static constexpr uint32_t kCodePerThread = 128 << 10;

  uint32_t CodeSize() const {
    for (const Module::Section& section : c_.module.sections)
      if (section.id == static_cast<uint8_t>(binary::SectionId::kCode)) return section.range.size();
    return 0;
  }

  uint32_t num_functions() const { return static_cast<uint32_t>(c_.module.functions.size()); }

  void Work() {
    FuncValidator validator(c_);
    for (;;) {
      const uint32_t first = next_.fetch_add(kRun, std::memory_order_relaxed);
      // Functions from the first error on need no validation.
      for (uint32_t i = first; i < first + kRun; ++i) {
        if (i >= limit_.load(std::memory_order_relaxed)) return;
        ErrorSink sink;
        std::unique_ptr<CodeInfo> info;
        if (discard_code_ ? !validator.CheckBody(FuncIdx(i), &sink)
                          : (info = validator.ValidateBody(FuncIdx(i), &sink)) == nullptr) {
          Report(FuncIdx(i), sink.TakeError());
          return;
        }
        if (info != nullptr) c_.vm.Publish(FuncIdx(i), std::move(info));
      }
    }
  }

  void Report(FuncIdx index, Error error) {
    std::lock_guard lock(mutex_);
    if (index.value >= limit_.load(std::memory_order_relaxed)) return;
    limit_.store(index.value, std::memory_order_relaxed);
    error_ = WithFunction(std::move(error), c_.module, index);
  }

  const ModuleContext& c_;
  const bool discard_code_;
  std::atomic<uint32_t> next_;
  std::atomic<uint32_t> limit_;
  std::mutex mutex_;
  std::optional<Error> error_;
};

// `error`, unless some body is malformed: decoding comes before validation.
Error MalformedFirst(const Module& module, Error error) {
  ErrorSink sink;
  if (binary::CheckBodiesSyntax(module, &sink)) return error;
  const uint64_t offset = sink.offset();
  uint32_t index = module.num_imported_functions;
  while (index + 1 < module.functions.size() && module.functions[index + 1].body.begin <= offset)
    ++index;
  return WithFunction(sink.TakeError(), module, FuncIdx(index));
}

}  // namespace

Result<std::shared_ptr<const ValidatedModule>> ValidateModule(std::shared_ptr<const Module> module,
                                                              TypeStore& store,
                                                              const ValidateOptions& options) {
  auto validated = std::make_shared<ValidatedModule>(module, &store);
  auto holder = std::make_shared<ContextHolder>(*validated);
  ErrorSink sink;
  if (!ModuleRules(validated.get(), &holder->context, &sink).CheckAll())
    return std::unexpected(MalformedFirst(*module, sink.TakeError()));
  if (!options.lazy_bodies) {
    std::optional<Error> error =
        BodiesValidation(holder->context, options.discard_code).Run(options.threads);
    if (error.has_value()) return std::unexpected(MalformedFirst(*module, std::move(*error)));
  }
  validated->body_validator = std::move(holder);
  return validated;
}

Result<std::shared_ptr<const ValidatedModule>> ValidateWithoutBodies(
    std::shared_ptr<const Module> module, TypeStore& store) {
  auto validated = std::make_shared<ValidatedModule>(std::move(module), &store);
  ModuleContext context(*validated);
  ErrorSink sink;
  if (!ModuleRules(validated.get(), &context, &sink).CheckAll())
    return std::unexpected(sink.TakeError());
  return validated;
}

Result<std::unique_ptr<CodeInfo>> ValidateFunction(const ValidatedModule& module, FuncIdx index) {
  return static_cast<const ContextHolder&>(*module.body_validator).Validate(index);
}

const ModuleContext& ContextOf(const ValidatedModule& module) {
  return static_cast<const ContextHolder&>(*module.body_validator).context;
}

}  // namespace wasm::validate
