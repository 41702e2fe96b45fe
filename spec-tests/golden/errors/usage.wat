;; RUN: validate no-such-file.wasm
;; RUN: frobnicate %
;; RUN: run --no-such-option %
(module)

;; EXPECTED
;; $ trenail validate no-such-file.wasm
;; ! error: no-such-file.wasm: cannot open the file: No such file or directory
;; [exit 2]
;; $ trenail frobnicate %
;; ! error: no verb is called frobnicate; trenail --help lists them
;; [exit 2]
;; $ trenail run --no-such-option %
;; ! error: unknown option --no-such-option
;; ! try: trenail run --help
;; [exit 2]
