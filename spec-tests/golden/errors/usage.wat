;; RUN: validate no-such-file.wasm
;; RUN: frobnicate %
;; RUN: run --no-such-option %
(module)
