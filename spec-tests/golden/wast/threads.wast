;; Threads of scripts: their own store, a shared memory.
;; RUN: wast %
(module $Mem (memory (export "shared") 1 1 shared))
(thread $T1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 10 shared)
    (func (export "run")
      (i32.atomic.store (i32.const 0) (i32.const 42))
      (drop (memory.atomic.notify (i32.const 0) (i32.const 1)))))
  (invoke "run"))
(wait $T1)
(register "Mem" $Mem)
(module $Check
  (memory (import "Mem" "shared") 1 1 shared)
  (func (export "check") (result i32) (i32.atomic.load (i32.const 0))))
(assert_return (invoke $Check "check") (i32.const 42))
(thread $T2 (assert_return (invoke "nothing")))
(wait $T2)
(wait $T2)

;; EXPECTED
;; $ trenail wast %
;; threads.wast:19: wait: in the thread, line 18: assert_return: expected nothing, got host error "there is no current instance"
;; threads.wast:20: wait: unknown thread T2
;; 7 passed, 2 failed, 0 skipped
;; [exit 1]
