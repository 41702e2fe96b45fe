// Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "libcomponent/abi/fused_program.h"

#include "libcomponent/abi/memory.h"
#include "libwasm/support/error.h"

namespace component::abi {

uint32_t CopyProgram::Compile(const ValType& from, const ValType& to) {
  const auto known = compiled_.find({&from, &to});
  if (known != compiled_.end()) return known->second;
  CopyBody body;
  Add(body, from, to, 0, 0);
  for (const CopyStep& step : body.steps) {
    switch (step.op) {
      case CopyOp::kChar:
      case CopyOp::kString:
      case CopyOp::kList:
      case CopyOp::kVariant:
      case CopyOp::kHandle:
        body.checked = true;
        break;
      case CopyOp::kRepeat:
        body.checked |= bodies_[step.body].checked;
        break;
      default:
        break;
    }
  }
  if (body.steps.size() == 1) {
    const CopyStep& only = body.steps.front();
    const uint64_t size = only.count * UnitSize(only.op);
    body.bulk = size != 0 && size == from.layout(from_).size && size == to.layout(to_).size;
  }
  const auto index = static_cast<uint32_t>(bodies_.size());
  bodies_.push_back(std::move(body));
  compiled_.emplace(std::pair(&from, &to), index);
  return index;
}

void CopyProgram::Append(CopyBody& body, const CopyStep& step) {
  if (!body.steps.empty()) {
    CopyStep& last = body.steps.back();
    const uint64_t size = last.count * UnitSize(last.op);
    if (last.op == step.op && size != 0 && last.from + size == step.from &&
        last.to + size == step.to) {
      last.count += step.count;
      return;
    }
  }
  body.steps.push_back(step);
}

void CopyProgram::Add(CopyBody& body, const ValType& from, const ValType& to, uint32_t from_offset,
                      uint32_t to_offset) {
  WASM_CHECK(from.kind == to.kind && from.fields.size() == to.fields.size());
  CopyStep step{
      .from = from_offset, .to = to_offset, .count = 1, .from_type = &from, .to_type = &to};
  switch (from.kind) {
    case ValKind::kBool:
      step.op = CopyOp::kBool;
      break;
    case ValKind::kS8:
    case ValKind::kU8:
    case ValKind::kS16:
    case ValKind::kU16:
    case ValKind::kS32:
    case ValKind::kU32:
    case ValKind::kS64:
    case ValKind::kU64:
      step.count = from.layout(from_).size;
      break;
    case ValKind::kF32:
      step.op = CopyOp::kFloat32;
      break;
    case ValKind::kF64:
      step.op = CopyOp::kFloat64;
      break;
    case ValKind::kChar:
      step.op = CopyOp::kChar;
      break;
    case ValKind::kFlags:
      if (from.fields.size() == 8 * from.discriminant_size) {  // no bit to mask
        step.count = from.discriminant_size;
        break;
      }
      step.op = CopyOp::kFlags;
      step.size = static_cast<uint8_t>(from.discriminant_size);
      step.mask = FlagsMask(from);
      break;
    case ValKind::kString:
      step.op = CopyOp::kString;
      break;
    case ValKind::kList:
    case ValKind::kMap:
      step.op = CopyOp::kList;
      step.from_type = from.element;
      step.to_type = to.element;
      step.body = Compile(*from.element, *to.element);
      break;
    case ValKind::kFixedLengthList: {
      step.op = CopyOp::kRepeat;
      step.from_type = from.element;
      step.to_type = to.element;
      step.count = from.length;
      step.body = Compile(*from.element, *to.element);
      const CopyBody& element = bodies_[step.body];
      if (!element.bulk) break;
      step.op = element.steps.front().op;
      step.count = element.steps.front().count * from.length;
      break;
    }
    case ValKind::kRecord:
    case ValKind::kTuple:
      for (size_t i = 0; i < from.fields.size(); ++i)
        Add(body, *from.fields[i].type, *to.fields[i].type,
            from_offset + from.layout(from_).offsets[i], to_offset + to.layout(to_).offsets[i]);
      return;
    case ValKind::kVariant:
    case ValKind::kEnum:
    case ValKind::kOption:
    case ValKind::kResult:
      step.op = CopyOp::kVariant;
      step.size = static_cast<uint8_t>(from.discriminant_size);
      step.count = from.fields.size();
      step.body = CompileCases(from, to);
      break;
    case ValKind::kOwn:
    case ValKind::kBorrow:
    case ValKind::kStream:
    case ValKind::kFuture:
    case ValKind::kErrorContext:
      step.op = CopyOp::kHandle;
      break;
  }
  Append(body, step);
}

uint32_t CopyProgram::CompileCases(const ValType& from, const ValType& to) {
  std::vector<uint32_t> bodies(from.fields.size(), kNoBody);
  bool any = false;
  for (size_t i = 0; i < bodies.size(); ++i) {
    if (from.fields[i].type == nullptr) continue;
    bodies[i] = Compile(*from.fields[i].type, *to.fields[i].type);
    any = true;
  }
  if (!any) return kNoBody;
  const auto first = static_cast<uint32_t>(cases_.size());
  cases_.insert(cases_.end(), bodies.begin(), bodies.end());
  return first;
}

}  // namespace component::abi
