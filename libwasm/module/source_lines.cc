// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Numbers in brackets are sections of the DWARF 5 standard.

#include "libwasm/module/source_lines.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <unordered_map>

#include "libwasm/support/reader.h"

namespace wasm {
namespace {

constexpr uint8_t kCodeSectionId = 10;

// [6.2.5.2], [6.2.5.3]; those without effect on file, line and address are not named.
enum LineOpcode : uint8_t {
  kExtended = 0,
  kCopy = 1,
  kAdvancePc = 2,
  kAdvanceLine = 3,
  kSetFile = 4,
  kConstAddPc = 8,
  kFixedAdvancePc = 9,
};
enum ExtendedLineOpcode : uint8_t { kEndSequence = 1, kSetAddress = 2 };

// [6.2.4.1]
enum LineContent : uint8_t { kPath = 1, kDirectoryIndex = 2 };

// [7.5.6]: those that may stand in an entry of a file and take up bytes, so that a count of entries
// is bounded by the bytes there are.
enum LineForm : uint8_t {
  kBlock2 = 0x03,
  kData2 = 0x05,
  kData4 = 0x06,
  kData8 = 0x07,
  kString = 0x08,
  kBlock = 0x09,
  kBlock1 = 0x0a,
  kData1 = 0x0b,
  kStrp = 0x0e,
  kUdata = 0x0f,
  kData16 = 0x1e,
  kLineStrp = 0x1f,
};

std::string_view StringAt(std::span<const uint8_t> section, uint64_t offset) {
  if (offset >= section.size()) return {};
  const auto* begin = reinterpret_cast<const char*>(section.data()) + offset;
  return {begin, strnlen(begin, section.size() - static_cast<size_t>(offset))};
}

std::string_view ReadString(CheckedReader& r) {
  const std::string_view text = StringAt({r.position(), r.remaining()}, 0);
  if (text.size() == r.remaining()) {
    r.UnexpectedEnd();
    return {};
  }
  r.ReadBytes(text.size() + 1);
  return text;
}

// More than any compiler names in one unit.
constexpr size_t kMaxFilesOfUnit = 4096;

// A file or a directory.
struct PathEntry {
  std::string_view path;
  uint64_t directory = 0;
};

// The header of a unit [6.2.4] and what follows it.
class LineUnit {
 public:
  // Reads the header and leaves `r` behind the whole unit.
  explicit LineUnit(CheckedReader& r) {
    uint64_t length = r.ReadFixed<uint32_t>();
    if (length == 0xffffffff) {
      is64_ = true;
      length = r.ReadFixed<uint64_t>();
    }
    const std::span<const uint8_t> unit = r.ReadBytes(length);
    ErrorSink sink;
    CheckedReader header(unit, 0, &sink);
    version_ = header.ReadFixed<uint16_t>();
    if (version_ < 2 || version_ > 5) return;
    if (version_ == 5) header.ReadFixed<uint16_t>();  // sizes of addresses and segment selectors
    const uint64_t header_length = ReadOffset(header);
    if (!header.ok() || header_length > header.remaining()) return;
    program_ = {header.position() + header_length, unit.data() + unit.size()};
    min_instruction_length_ = header.ReadByte();
    if (version_ >= 4) header.ReadByte();  // operations in one instruction: of VLIW machines
    header.ReadByte();                     // what is_stmt is at first
    line_base_ = static_cast<int8_t>(header.ReadByte());
    line_range_ = header.ReadByte();
    opcode_base_ = header.ReadByte();
    if (opcode_base_ != 0) operand_counts_ = header.ReadBytes(opcode_base_ - 1u);
    if (header.position() > program_.data()) return;
    paths_ = {header.position(), program_.data()};
    valid_ = header.ok() && line_range_ != 0 && opcode_base_ > kFixedAdvancePc;
  }

  struct Row {
    uint64_t address = 0;
    uint64_t file = 1;
    uint32_t line = 1;
  };
  struct Coverage {
    uint64_t low = UINT64_MAX;
    uint64_t high = 0;
  };

  // Runs the program of the unit [6.2.5]: which addresses it describes. Each row that describes
  // some of them is passed to `visit`, with the address behind; true ends the run.
  template <typename Visit>
  Coverage Run(Visit&& visit) const {
    Coverage coverage;
    if (!valid_) return coverage;
    ErrorSink sink;
    CheckedReader r(program_, 0, &sink);
    Row row;
    std::optional<Row> previous;  // of the same sequence
    uint64_t begin = 0;           // of the sequence
    bool done = false;
    const auto emit = [&] {
      if (!previous) {
        begin = row.address;
      } else if (IsLinked(begin) && previous->address < row.address) {
        done = visit(*previous, row.address);
      }
      previous = row;
    };
    while (!r.AtEnd() && r.ok() && !done) {
      const uint8_t opcode = r.ReadByte();
      if (opcode >= opcode_base_) {
        const unsigned adjusted = opcode - opcode_base_;
        row.address += uint64_t{adjusted / line_range_} * min_instruction_length_;
        row.line += static_cast<uint32_t>(line_base_ + static_cast<int>(adjusted % line_range_));
        emit();
        continue;
      }
      switch (opcode) {
        case kExtended: {
          const std::span<const uint8_t> operands = r.ReadBytes(r.ReadU64());
          if (operands.empty()) break;
          if (operands[0] == kEndSequence) {
            emit();
            if (IsLinked(begin) && row.address > begin) {
              coverage.low = std::min(coverage.low, begin);
              coverage.high = std::max(coverage.high, row.address);
            }
            row = Row();
            previous.reset();
          } else if (operands[0] == kSetAddress) {
            row.address = 0;
            for (size_t i = std::min<size_t>(operands.size(), 9); --i > 0;)
              row.address = row.address << 8 | operands[i];
          }
          break;
        }
        case kCopy:
          emit();
          break;
        case kAdvancePc:
          row.address += r.ReadU64() * min_instruction_length_;
          break;
        case kAdvanceLine:
          row.line += static_cast<uint32_t>(r.ReadS64());
          break;
        case kSetFile:
          row.file = r.ReadU64();
          break;
        case kConstAddPc:
          row.address += uint64_t{(255u - opcode_base_) / line_range_} * min_instruction_length_;
          break;
        case kFixedAdvancePc:
          row.address += r.ReadFixed<uint16_t>();
          break;
        default:
          for (int i = operand_counts_[opcode - 1u]; i > 0 && r.ok(); --i) r.ReadU64();
          break;
      }
    }
    return coverage;
  }

  // The path of a file, with its directory unless that is the one of the compilation.
  std::string PathOf(uint64_t file, std::span<const uint8_t> line_str,
                     std::span<const uint8_t> str) const {
    PathEntry entry;
    PathEntry directory;
    for (int pass = 0; pass < 2; ++pass) {
      // The number of the directory is known after the first pass.
      ErrorSink sink;
      CheckedReader r(paths_, 0, &sink);
      if (version_ == 5) {
        const PathEntry found = ReadTable(r, entry.directory, line_str, str);
        if (pass == 1) directory = found;
        if (pass == 0) entry = ReadTable(r, file, line_str, str);
      } else {
        const PathEntry found = ReadOldTable(r, entry.directory, false);
        if (pass == 1) directory = found;
        if (pass == 0) entry = ReadOldTable(r, file, true);
      }
      if (entry.path.empty() || entry.path.starts_with('/') || entry.directory == 0) break;
    }
    std::string path(directory.path);
    if (!path.empty() && !path.ends_with('/')) path += '/';
    return path.append(entry.path);
  }

  // The directory of the compilation, which other paths are relative to; version 5 alone tells.
  std::string_view Directory(std::span<const uint8_t> line_str,
                             std::span<const uint8_t> str) const {
    if (version_ != 5) return {};
    ErrorSink sink;
    CheckedReader r(paths_, 0, &sink);
    return ReadTable(r, 0, line_str, str).path;
  }

 private:
  // False for a function that the linker dropped: it leaves 0, where the count of functions is, or
  // -1, of 32 bits or more. (The size of the code does not tell: artefacts have it without bodies.)
  static bool IsLinked(uint64_t address) { return address != 0 && address < UINT32_MAX; }

  uint64_t ReadOffset(CheckedReader& r) const {
    return is64_ ? r.ReadFixed<uint64_t>() : r.ReadFixed<uint32_t>();
  }

  // Version 5: the entry `wanted`, counted from 0, of a table that says itself what it consists of.
  PathEntry ReadTable(CheckedReader& r, uint64_t wanted, std::span<const uint8_t> line_str,
                      std::span<const uint8_t> str) const {
    const uint8_t num_formats = r.ReadByte();
    struct Format {
      uint64_t content;
      uint64_t form;
    } formats[255];
    for (unsigned i = 0; i < num_formats; ++i) formats[i] = {r.ReadU64(), r.ReadU64()};
    const uint64_t count = r.ReadU64();
    PathEntry result;
    if (num_formats == 0) return result;
    for (uint64_t entry = 0; entry < count && r.ok(); ++entry) {
      for (unsigned i = 0; i < num_formats && r.ok(); ++i) {
        std::string_view text;
        uint64_t number = 0;
        switch (formats[i].form) {
          case kString:
            text = ReadString(r);
            break;
          case kLineStrp:
            text = StringAt(line_str, ReadOffset(r));
            break;
          case kStrp:
            text = StringAt(str, ReadOffset(r));
            break;
          case kUdata:
            number = r.ReadU64();
            break;
          case kData1:
            number = r.ReadByte();
            break;
          case kData2:
            number = r.ReadFixed<uint16_t>();
            break;
          case kData4:
            number = r.ReadFixed<uint32_t>();
            break;
          case kData8:
            number = r.ReadFixed<uint64_t>();
            break;
          case kData16:
            r.ReadBytes(16);
            break;
          case kBlock:
            r.ReadBytes(r.ReadU64());
            break;
          case kBlock1:
            r.ReadBytes(r.ReadByte());
            break;
          case kBlock2:
            r.ReadBytes(r.ReadFixed<uint16_t>());
            break;
          default:
            r.Malformed("unknown form");
            break;
        }
        if (entry != wanted) continue;
        if (formats[i].content == kPath) result.path = text;
        if (formats[i].content == kDirectoryIndex) result.directory = number;
      }
    }
    return result;
  }

  // Before version 5: entries counted from 1, an empty path ends the table.
  static PathEntry ReadOldTable(CheckedReader& r, uint64_t wanted, bool is_file) {
    PathEntry result;
    for (uint64_t entry = 1; r.ok(); ++entry) {
      PathEntry read{.path = ReadString(r)};
      if (read.path.empty()) break;
      if (is_file) {
        read.directory = r.ReadU64();
        r.ReadU64();  // time of the last change
        r.ReadU64();  // size
      }
      if (entry == wanted) result = read;
    }
    return result;
  }

  bool valid_ = false;
  bool is64_ = false;
  uint16_t version_ = 0;
  uint8_t min_instruction_length_ = 0;
  int8_t line_base_ = 0;
  uint8_t line_range_ = 0;
  uint8_t opcode_base_ = 0;
  std::span<const uint8_t> operand_counts_;
  std::span<const uint8_t> paths_;
  std::span<const uint8_t> program_;
};

}  // namespace

SourceLines::SourceLines(const Module& module) {
  for (const Module::Section& section : module.sections)
    if (section.id == kCodeSectionId) code_begin_ = section.range.begin;
  for (const CustomSection& custom : module.customs) {
    if (custom.name == ".debug_line") line_ = module.Bytes(custom.payload);
    if (custom.name == ".debug_line_str") line_str_ = module.Bytes(custom.payload);
    if (custom.name == ".debug_str") str_ = module.Bytes(custom.payload);
  }
  ErrorSink sink;
  CheckedReader r(line_, 0, &sink);
  while (!r.AtEnd() && r.ok()) {
    const auto offset = static_cast<uint32_t>(r.offset());
    const LineUnit::Coverage covered =
        LineUnit(r).Run([](const LineUnit::Row&, uint64_t) { return false; });
    if (covered.low < covered.high) units_.push_back({offset, covered.low, covered.high});
  }
}

std::optional<SourceLine> SourceLines::Find(uint64_t offset) const {
  const uint64_t address = offset - code_begin_;  // before the section: very large
  for (const Unit& unit : units_) {
    if (address < unit.low || address >= unit.high) continue;
    ErrorSink sink;
    CheckedReader r(line_.subspan(unit.offset), 0, &sink);
    const LineUnit line_unit(r);
    std::optional<LineUnit::Row> row;
    line_unit.Run([&](const LineUnit::Row& candidate, uint64_t end) {
      if (address < candidate.address || address >= end) return false;
      row = candidate;
      return true;
    });
    if (row) {
      SourceLine result{line_unit.PathOf(row->file, line_str_, str_), row->line};
      if (result.file.empty()) return std::nullopt;
      return result;
    }
  }
  return std::nullopt;
}

SourceTable SourceLines::All() const {
  SourceTable table;
  for (const Unit& unit : units_) {
    ErrorSink sink;
    CheckedReader r(line_.subspan(unit.offset), 0, &sink);
    const LineUnit line_unit(r);
    const std::string directory(line_unit.Directory(line_str_, str_));
    std::unordered_map<uint64_t, uint32_t> files;  // of this unit
    line_unit.Run([&](const LineUnit::Row& row, uint64_t end) {
      // Every file costs a run through the table of files.
      if (files.size() == kMaxFilesOfUnit && !files.contains(row.file)) return false;
      const auto [file, is_new] =
          files.try_emplace(row.file, static_cast<uint32_t>(table.files.size()));
      if (is_new) table.files.push_back({line_unit.PathOf(row.file, line_str_, str_), directory});
      table.rows.push_back({row.address + code_begin_, end + code_begin_, file->second, row.line});
      return false;
    });
  }
  std::ranges::sort(table.rows, {}, &SourceTable::Row::begin);
  return table;
}

const SourceTable::Row* SourceTable::Find(uint64_t offset) const {
  const auto behind = std::ranges::upper_bound(rows, offset, {}, &Row::begin);
  if (behind == rows.begin()) return nullptr;
  const Row& row = *std::prev(behind);
  return offset < row.end && !files[row.file].path.empty() ? &row : nullptr;
}

}  // namespace wasm
