;; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; boil(minutes) sleeps so long and returns the temperature, which rises ten degrees a minute. While
;; one call sleeps, others go on: it gives its thread back, with what to wait for, and is called
;; again when that has happened.
(component
  (import "sleep" (func $sleep async (param "minutes" u32)))

  (core module $Memory (memory (export "memory") 1))
  (core instance $memory (instantiate $Memory))
  (alias core export $memory "memory" (core memory $mem))
  (core func $sleep' (canon lower (func $sleep) async (memory $mem)))
  (core func $return (canon task.return (result u32)))
  (core func $new-set (canon waitable-set.new))
  (core func $join (canon waitable.join))
  (core func $drop (canon subtask.drop))
  (core func $get (canon context.get i32 0))
  (core func $set (canon context.set i32 0))

  (core module $Code
    (import "" "sleep" (func $sleep (param i32) (result i32)))
    (import "" "return" (func $return (param i32)))
    (import "" "new-set" (func $new-set (result i32)))
    (import "" "join" (func $join (param i32 i32)))
    (import "" "drop" (func $drop (param i32)))
    (import "" "get" (func $get (result i32)))
    (import "" "set" (func $set (param i32)))

    (func $finish (result i32)
      (call $return (i32.mul (call $get) (i32.const 10)))
      (i32.const 0))  ;; it ends here

    (func (export "boil") (param $minutes i32) (result i32)
      (local $status i32) (local $set i32)
      (call $set (local.get $minutes))  ;; where each call keeps what is its own
      (local.set $status (call $sleep (local.get $minutes)))
      (if (i32.eq (local.get $status) (i32.const 2))  ;; it has returned at once
        (then (return (call $finish))))
      (local.set $set (call $new-set))
      (call $join (i32.shr_u (local.get $status) (i32.const 4)) (local.get $set))
      (i32.or (i32.const 2) (i32.shl (local.get $set) (i32.const 4))))  ;; waits for the set

    (func (export "callback") (param $event i32) (param $subtask i32) (param $state i32) (result i32)
      (call $drop (local.get $subtask))
      (call $finish)))
  (core instance $code (instantiate $Code (with "" (instance
    (export "sleep" (func $sleep')) (export "return" (func $return))
    (export "new-set" (func $new-set)) (export "join" (func $join)) (export "drop" (func $drop))
    (export "get" (func $get)) (export "set" (func $set))))))

  (func (export "boil") async (param "minutes" u32) (result u32)
    (canon lift (core func $code "boil") async (callback (core func $code "callback")))))
