// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libwasm/native/artefact_file.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

namespace wasm::native {
namespace {

std::unexpected<Error> Damaged(std::string_view what) {
  return std::unexpected(
      Error(ErrorKind::kMalformed,
            "the artefact is damaged: " + std::string(what) + "; compile the module again"));
}
std::unexpected<Error> Unfit(std::string message) {
  return std::unexpected(Error(ErrorKind::kUnlinkable, std::move(message)));
}
std::unexpected<Error> SystemError(const char* what) {
  return std::unexpected(Error(ErrorKind::kHost, std::string(what) + ": " + std::strerror(errno)));
}

// A hash of 64 bits, as fast as the file can be read: four lanes of 64 bits (XXH64's construction).
// `hole` bytes at `hole_at` count as zeros.
class Hasher {
 public:
  static uint64_t Of(std::span<const uint8_t> bytes, size_t hole_at, size_t hole) {
    Hasher hasher;
    size_t at = 0;
    for (; at + kStripe <= bytes.size(); at += kStripe) {
      uint8_t stripe[kStripe];
      std::memcpy(stripe, bytes.data() + at, kStripe);
      if (at < hole_at + hole && hole_at < at + kStripe) Clear(stripe, at, hole_at, hole);
      hasher.Stripe(stripe);
    }
    uint8_t last[kStripe] = {};
    if (at < bytes.size()) std::memcpy(last, bytes.data() + at, bytes.size() - at);
    Clear(last, at, hole_at, hole);
    hasher.Stripe(last);
    uint64_t hash = bytes.size();
    for (uint64_t lane : hasher.lanes_) hash = (hash ^ Round(0, lane)) * kPrime1 + kPrime4;
    hash = (hash ^ hash >> 33) * kPrime2;
    hash = (hash ^ hash >> 29) * kPrime3;
    return hash ^ hash >> 32;
  }

 private:
  static constexpr size_t kStripe = 32;
  static constexpr uint64_t kPrime1 = 0x9e3779b185ebca87;
  static constexpr uint64_t kPrime2 = 0xc2b2ae3d27d4eb4f;
  static constexpr uint64_t kPrime3 = 0x165667b19e3779f9;
  static constexpr uint64_t kPrime4 = 0x85ebca77c2b2ae63;

  static uint64_t Round(uint64_t lane, uint64_t word) {
    return std::rotl(lane + word * kPrime2, 31) * kPrime1;
  }
  void Stripe(const uint8_t* stripe) {
    for (int i = 0; i < 4; ++i) {
      uint64_t word;
      std::memcpy(&word, stripe + 8 * i, 8);
      lanes_[i] = Round(lanes_[i], word);
    }
  }
  static void Clear(uint8_t* stripe, size_t at, size_t hole_at, size_t hole) {
    for (size_t i = 0; i < kStripe; ++i)
      if (at + i >= hole_at && at + i < hole_at + hole) stripe[i] = 0;
  }

  uint64_t lanes_[4] = {kPrime1 + kPrime2, kPrime2, 0, ~kPrime1 + 1};
};

// The sections of an ELF file; every access is checked.
class ElfSections {
 public:
  static Result<ElfSections> Read(std::span<const uint8_t> bytes) {
    ElfSections elf(bytes);
    if (bytes.size() < SELFMAG || std::memcmp(bytes.data(), ELFMAG, SELFMAG) != 0)
      return std::unexpected(Error(ErrorKind::kMalformed, "this is not a compiled artefact"));
    if (!elf.Copy(0, elf.header_)) return Damaged("it is cut off");
    const Elf64_Ehdr& header = elf.header_;
    if (header.e_ident[EI_CLASS] != ELFCLASS64 || header.e_ident[EI_DATA] != ELFDATA2LSB ||
        header.e_type != ET_DYN)
      return std::unexpected(Error(ErrorKind::kMalformed,
                                   "this is native code (ELF), but no shared library of "
                                   "\"trenail compile\""));
    Elf64_Shdr names;
    if (header.e_shentsize != sizeof(Elf64_Shdr) || header.e_shstrndx >= header.e_shnum ||
        !elf.Section(header.e_shstrndx, names) || !elf.Contains(names.sh_offset, names.sh_size))
      return Damaged("it is cut off");
    elf.names_ = bytes.subspan(names.sh_offset, names.sh_size);
    return elf;
  }

  uint16_t machine() const { return header_.e_machine; }

  // The bytes of a section in the file.
  std::optional<std::span<const uint8_t>> Find(std::string_view name) const {
    for (unsigned i = 1; i < header_.e_shnum; ++i) {
      Elf64_Shdr section;
      if (!Section(i, section)) return std::nullopt;
      if (section.sh_name >= names_.size() || names_.size() - section.sh_name <= name.size() ||
          std::memcmp(names_.data() + section.sh_name, name.data(), name.size()) != 0 ||
          names_[section.sh_name + name.size()] != 0)
        continue;
      if (!Contains(section.sh_offset, section.sh_size)) return std::nullopt;
      return bytes_.subspan(section.sh_offset, section.sh_size);
    }
    return std::nullopt;
  }

 private:
  explicit ElfSections(std::span<const uint8_t> bytes) : bytes_(bytes) {}

  bool Contains(uint64_t offset, uint64_t size) const {
    return offset <= bytes_.size() && size <= bytes_.size() - offset;
  }
  template <typename T>
  bool Copy(uint64_t offset, T& value) const {
    if (!Contains(offset, sizeof(T))) return false;
    std::memcpy(&value, bytes_.data() + offset, sizeof(T));
    return true;
  }
  bool Section(uint64_t index, Elf64_Shdr& section) const {
    return header_.e_shoff <= bytes_.size() &&
           Copy(header_.e_shoff + index * sizeof(Elf64_Shdr), section);
  }

  std::span<const uint8_t> bytes_;
  Elf64_Ehdr header_;
  std::span<const uint8_t> names_;
};

constexpr char kHeaderSection[] = ".trenail.header";
constexpr char kProcessorSection[] = ".trenail.cpu";

#if defined(__x86_64__)
constexpr uint16_t kMachine = EM_X86_64;
#elif defined(__aarch64__)
constexpr uint16_t kMachine = EM_AARCH64;
#else
constexpr uint16_t kMachine = EM_NONE;
#endif

std::string MachineName(uint16_t machine) {
  if (machine == EM_X86_64) return "x86-64";
  if (machine == EM_AARCH64) return "AArch64";
  return "another processor";
}

Result<void> CheckVersion(const ArtefactHeader& header) {
  if (std::memcmp(header.magic, ArtefactHeader::kMagic, sizeof header.magic) != 0)
    return Damaged("its header does not begin as one");
  if (header.abi_version != kAbiVersion)
    return Unfit("the artefact was compiled for version " + std::to_string(header.abi_version) +
                 " of the interface between code and runtime, this trenail has version " +
                 std::to_string(kAbiVersion) + "; compile the module again");
  if (header.fingerprint != kFingerprint)
    return Unfit(
        "the artefact was compiled for another build of trenail, whose runtime differs; "
        "compile the module again");
  return {};
}

struct Checked {
  ArtefactHeader header;
  uint16_t machine;
  std::string_view processor;
};

Result<Checked> Check(std::span<const uint8_t> bytes) {
  const ElfSections elf = TRY(ElfSections::Read(bytes));
  const auto section = elf.Find(kHeaderSection);
  if (!section)
    return std::unexpected(
        Error(ErrorKind::kMalformed, "this is a shared library, but none of \"trenail compile\""));
  Checked checked;
  checked.machine = elf.machine();
  if (section->size() < sizeof checked.header) return Damaged("its header is too short");
  std::memcpy(&checked.header, section->data(), sizeof checked.header);
  TRY_VOID(CheckVersion(checked.header));
  const size_t at = static_cast<size_t>(section->data() - bytes.data());
  if (Hasher::Of(bytes, at + offsetof(ArtefactHeader, checksum), sizeof(uint64_t)) !=
      checked.header.checksum)
    return Damaged("its checksum does not match");
  if (const auto processor = elf.Find(kProcessorSection))
    checked.processor = {reinterpret_cast<const char*>(processor->data()), processor->size()};
  return checked;
}

enum class Support { kUnknown, kNo, kYes };

Support ProcessorHas([[maybe_unused]] std::string_view feature) {
#if defined(__x86_64__)
#define X86_FEATURE(name, builtin) \
  if (feature == name) return __builtin_cpu_supports(builtin) ? Support::kYes : Support::kNo;
#elif defined(__aarch64__)
#define ARM_FEATURE(name, word, bit) \
  if (feature == name) return (getauxval(word) >> bit & 1) != 0 ? Support::kYes : Support::kNo;
#endif
#include "libwasm/native/cpu_features.def"
  return Support::kUnknown;
}

class Mapping {
 public:
  Mapping(int fd, size_t size)
      : size_(size),
        data_(size == 0 ? MAP_FAILED : mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0)) {}
  ~Mapping() {
    if (ok()) munmap(data_, size_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  bool ok() const { return data_ != MAP_FAILED; }
  std::span<const uint8_t> bytes() const { return {static_cast<const uint8_t*>(data_), size_}; }

 private:
  size_t size_;
  void* data_;
};

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }
  int Release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

struct Library {
  void* handle = nullptr;
  const ArtefactHeader* header = nullptr;
};

// Maps the library and finds the header that was checked. Another file may have been mapped under
// the name before: then the result has no handle.
Library MapLibrary(const std::string& name, const ArtefactHeader& checked) {
  void* handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return {};
  const auto* header = static_cast<const ArtefactHeader*>(dlsym(handle, "trenail_module"));
  if (header == nullptr || std::memcmp(header, &checked, sizeof checked) != 0) {
    dlclose(handle);
    return {};
  }
  return {handle, header};
}

std::string DescriptorPath(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

}  // namespace

Result<void> CheckProcessor(std::string_view features) {
  while (!features.empty()) {
    const size_t comma = std::min(features.find(','), features.size());
    const std::string_view feature = features.substr(0, comma);
    features.remove_prefix(std::min(comma + 1, features.size()));
    if (ProcessorHas(feature) == Support::kYes) continue;
    return Unfit(
        "the artefact was compiled for processors with " + std::string(feature) +
        ", which this one does not have; compile the module without --cpu or for this one");
  }
  return {};
}

Result<ArtefactHeader> CheckArtefact(std::span<const uint8_t> bytes) {
  return TRY(Check(bytes)).header;
}

Result<void> SetArtefactChecksum(std::span<uint8_t> bytes) {
  const ElfSections elf = TRY(ElfSections::Read(bytes));
  const auto section = elf.Find(kHeaderSection);
  if (!section || section->size() < sizeof(ArtefactHeader)) return Damaged("it has no header");
  const size_t at =
      static_cast<size_t>(section->data() - bytes.data()) + offsetof(ArtefactHeader, checksum);
  const uint64_t checksum = Hasher::Of(bytes, at, sizeof(uint64_t));
  std::memcpy(bytes.data() + at, &checksum, sizeof checksum);
  return {};
}

namespace {

const ComponentRecord* FindComponent(void* library) {
  const auto* record = static_cast<const ComponentRecord*>(dlsym(library, kComponentSymbol));
  if (record == nullptr ||
      std::memcmp(record->magic, ComponentRecord::kMagic, sizeof record->magic) != 0)
    return nullptr;
  return record;
}

// Checks what `file` holds and maps it, under `name` if that works.
Result<std::pair<Library, bool>> CheckAndMap(const Descriptor& file, const std::string& name) {
  struct stat status;
  if (fstat(file.get(), &status) != 0) return SystemError("cannot read the file");
  if (!S_ISREG(status.st_mode) || status.st_size == 0)
    return std::unexpected(Error(ErrorKind::kMalformed, "this is not a compiled artefact"));
  const Mapping mapping(file.get(), static_cast<size_t>(status.st_size));
  if (!mapping.ok()) return SystemError("cannot map the file");
  const Checked checked = TRY(Check(mapping.bytes()));
  if (checked.machine != kMachine)
    return Unfit("the artefact was compiled for " + MachineName(checked.machine) +
                 ", this machine is " + MachineName(kMachine) +
                 "; compile the module with another --target");
  TRY_VOID(CheckProcessor(checked.processor));
  if (!name.empty()) {
    const Library library = MapLibrary(name, checked.header);
    if (library.handle != nullptr) return std::pair(library, false);
  }
  const Library library = MapLibrary(DescriptorPath(file.get()), checked.header);
  if (library.handle != nullptr) return std::pair(library, true);
  const char* why = dlerror();
  return std::unexpected(
      Error(ErrorKind::kHost, std::string("the system's loader refuses the artefact: ") +
                                  (why != nullptr ? why : "another file is loaded in its place")));
}

}  // namespace

Result<std::shared_ptr<const ArtefactFile>> ArtefactFile::Open(const std::string& path) {
  Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return SystemError("cannot open the file");
  // The loader searches for names without a slash.
  const std::string name = path.find('/') == std::string::npos ? "./" + path : path;
  const auto [library, by_descriptor] = TRY(CheckAndMap(file, name));
  std::shared_ptr<ArtefactFile> artefact(new ArtefactFile(library.header));
  artefact->library_ = library.handle;
  artefact->component_ = FindComponent(library.handle);
  if (by_descriptor) artefact->fd_ = file.Release();
  return artefact;
}

Result<std::shared_ptr<const ArtefactFile>> ArtefactFile::FromMemory(
    std::span<const uint8_t> bytes) {
  Descriptor file(memfd_create("trenail-artefact", MFD_CLOEXEC));
  if (file.get() < 0) return SystemError("cannot make a file in memory");
  for (auto rest = bytes; !rest.empty();) {
    const ssize_t written = write(file.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return SystemError("cannot write to memory");
    rest = rest.subspan(static_cast<size_t>(written));
  }
  const auto [library, by_descriptor] = TRY(CheckAndMap(file, ""));
  std::shared_ptr<ArtefactFile> artefact(new ArtefactFile(library.header));
  artefact->library_ = library.handle;
  artefact->component_ = FindComponent(library.handle);
  // While the library is mapped no other may get its name.
  artefact->fd_ = file.Release();
  return artefact;
}

Result<std::shared_ptr<const ArtefactFile>> ArtefactFile::Part(
    std::shared_ptr<const ArtefactFile> whole, uint32_t index) {
  const ComponentRecord* record = whole->component();
  WASM_CHECK(record != nullptr && index < record->num_modules);
  const auto* distances = reinterpret_cast<const int32_t*>(record + 1);
  const auto* header = At<ArtefactHeader>(distances[index]);
  TRY_VOID(CheckVersion(*header));
  std::shared_ptr<ArtefactFile> part(new ArtefactFile(header));
  part->whole_ = std::move(whole);
  return part;
}

Result<std::shared_ptr<const ArtefactFile>> ArtefactFile::Linked(const ArtefactHeader* header) {
  TRY_VOID(CheckVersion(*header));
  TRY_VOID(CheckProcessor(
      {At<char>(header->cpu_features), static_cast<size_t>(header->cpu_features_size)}));
  return std::shared_ptr<const ArtefactFile>(new ArtefactFile(header));
}

Result<std::shared_ptr<const ArtefactFile>> ArtefactFile::Linked(const ComponentRecord* record) {
  const auto* distances = reinterpret_cast<const int32_t*>(record + 1);
  const auto* header = At<ArtefactHeader>(distances[0]);
  TRY_VOID(CheckVersion(*header));
  TRY_VOID(CheckProcessor(
      {At<char>(header->cpu_features), static_cast<size_t>(header->cpu_features_size)}));
  std::shared_ptr<ArtefactFile> artefact(new ArtefactFile(header));
  artefact->component_ = record;
  return artefact;
}

ArtefactFile::~ArtefactFile() {
  if (library_ != nullptr) dlclose(library_);
  if (fd_ >= 0) close(fd_);
}

std::span<const uint8_t> ArtefactFile::wasm() const {
  return {At<uint8_t>(header_->wasm), header_->wasm_size};
}

}  // namespace wasm::native
