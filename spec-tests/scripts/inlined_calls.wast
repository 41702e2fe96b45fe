;; Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
;;
;; Calls that compiling a component inlines, as far as one can see that from outside: not at all.

;; What traps inside of an inlined callee leaves the callee entered, also where nobody needs the
;; value of the load that traps.
(component $w
  (component $callee
    (core module $m
      (memory 1)
      (global $n (mut i32) (i32.const 0))
      (func (export "peek") (param i32) (result i32)
        (drop (i32.load (local.get 0)))
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n))
      (func (export "fetch") (param i32) (result i32) (i32.load (local.get 0)))
      (func (export "divide") (param i32 i32) (result i32)
        (i32.div_u (local.get 0) (local.get 1))))
    (core instance $i (instantiate $m))
    (func (export "fetch") (param "at" u32) (result u32) (canon lift (core func $i "fetch")))
    (func (export "peek") (param "at" u32) (result u32) (canon lift (core func $i "peek")))
    (func (export "divide") (param "a" u8) (param "b" u8) (result u8)
      (canon lift (core func $i "divide"))))
  (component $caller
    (import "peek" (func $peek (param "at" u32) (result u32)))
    (import "fetch" (func $fetch (param "at" u32) (result u32)))
    (import "divide" (func $divide (param "a" u8) (param "b" u8) (result u8)))
    (core func $peek' (canon lower (func $peek)))
    (core func $fetch' (canon lower (func $fetch)))
    (core func $divide' (canon lower (func $divide)))
    (core instance $in (export "peek" (func $peek')) (export "divide" (func $divide'))
      (export "fetch" (func $fetch')))
    (core module $m
      (import "in" "fetch" (func $fetch (param i32) (result i32)))
      (import "in" "peek" (func $peek (param i32) (result i32)))
      (import "in" "divide" (func $divide (param i32 i32) (result i32)))
      (func (export "peek") (param i32) (drop (call $peek (local.get 0))))
      (func (export "fetch") (param i32) (result i32) (call $fetch (local.get 0)))
      (func (export "count") (result i32) (call $peek (i32.const 0)))
      (func (export "divide") (param i32 i32) (result i32)
        (call $divide (local.get 0) (local.get 1))))
    (core instance $i (instantiate $m (with "in" (instance $in))))
    (func (export "peek") (param "at" u32) (canon lift (core func $i "peek")))
    (func (export "fetch") (param "at" u32) (result u32) (canon lift (core func $i "fetch")))
    (func (export "count") (result u32) (canon lift (core func $i "count")))
    ;; Not u8: the caller's core function gets what the host passes.
    (func (export "divide") (param "a" u32) (param "b" u32) (result u32)
      (canon lift (core func $i "divide"))))
  (instance $a (instantiate $callee))
  (instance $b (instantiate $callee))
  (instance $c (instantiate $caller
    (with "peek" (func $a "peek")) (with "fetch" (func $a "fetch"))
    (with "divide" (func $b "divide"))))
  (export "peek" (func $c "peek"))
  (export "fetch" (func $c "fetch"))
  (export "count" (func $c "count"))
  (export "divide" (func $c "divide"))
  (export "peek-itself" (func $a "peek")))
(assert_return (invoke "count") (u32.const 1))
(assert_return (invoke "peek" (u32.const 65532)))
(assert_return (invoke "count") (u32.const 3))
;; Arguments and results become eight bits wide on the way.
(assert_return (invoke "divide" (u32.const 0x1c8) (u32.const 0xff02)) (u32.const 100))
(assert_trap (invoke "peek" (u32.const 65533)) "out of bounds memory access")
(assert_trap (invoke "count") "cannot enter component instance")

(component instance $w2 $w)
(assert_return (invoke "fetch" (u32.const 65532)) (u32.const 0))
(assert_trap (invoke "fetch" (u32.const 65533)) "out of bounds memory access")
(assert_trap (invoke "count") "cannot enter component instance")

(component instance $w3 $w)
(assert_trap (invoke "divide" (u32.const 1) (u32.const 0)) "integer divide by zero")
(assert_trap (invoke "count") "cannot enter component instance")

;; The callee alone cannot be entered after that either.
(component instance $w4 $w)
(assert_trap (invoke "peek" (u32.const 0xffffffff)) "out of bounds memory access")
(assert_trap (invoke "peek-itself" (u32.const 0)) "cannot enter component instance")

;; Results are checked, and post-return cannot leave its instance.
(component $p
  (component $callee
    (import "tick" (func $tick))
    (core func $tick' (canon lower (func $tick)))
    (core module $m
      (import "" "tick" (func $tick))
      (global $last (mut i32) (i32.const 0))
      (func (export "letter") (param i32) (result i32) (local.get 0))
      (func (export "letter-post") (param i32) (global.set $last (local.get 0)))
      (func (export "last") (result i32) (global.get $last))
      (func (export "rude") (result i32) (i32.const 7))
      (func (export "rude-post") (param i32) (call $tick)))
    (core instance $i (instantiate $m (with "" (instance (export "tick" (func $tick'))))))
    (func (export "letter") (param "code" u32) (result char)
      (canon lift (core func $i "letter") (post-return (core func $i "letter-post"))))
    (func (export "last") (result u32) (canon lift (core func $i "last")))
    (func (export "rude") (result u32)
      (canon lift (core func $i "rude") (post-return (core func $i "rude-post")))))
  (component $clock
    (core module $m (func (export "tick")))
    (core instance $i (instantiate $m))
    (func (export "tick") (canon lift (core func $i "tick"))))
  (component $caller
    (import "letter" (func $letter (param "code" u32) (result char)))
    (import "rude" (func $rude (result u32)))
    (core func $letter' (canon lower (func $letter)))
    (core func $rude' (canon lower (func $rude)))
    (core module $m
      (import "" "letter" (func $letter (param i32) (result i32)))
      (import "" "rude" (func $rude (result i32)))
      (func (export "letter") (param i32) (result i32) (call $letter (local.get 0)))
      (func (export "rude") (result i32) (call $rude)))
    (core instance $i (instantiate $m (with "" (instance
      (export "letter" (func $letter')) (export "rude" (func $rude'))))))
    (func (export "letter") (param "code" u32) (result u32) (canon lift (core func $i "letter")))
    (func (export "rude") (result u32) (canon lift (core func $i "rude"))))
  (instance $clock (instantiate $clock))
  (instance $a (instantiate $callee (with "tick" (func $clock "tick"))))
  (instance $c (instantiate $caller
    (with "letter" (func $a "letter")) (with "rude" (func $a "rude"))))
  (export "letter" (func $c "letter"))
  (export "rude" (func $c "rude"))
  (export "last" (func $a "last")))
(assert_return (invoke "letter" (u32.const 65)) (u32.const 65))
(assert_return (invoke "last") (u32.const 65))
(assert_trap (invoke "letter" (u32.const 0xd800)) "invalid `char` bit pattern")
(assert_trap (invoke "last") "cannot enter component instance")
(component instance $p2 $p)
(assert_trap (invoke "rude") "cannot leave component instance")

;; One module whose import is another function in each of its instances.
(component
  (component $one
    (core module $m (func (export "f") (result i32) (i32.const 1)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $two
    (core module $m
      (global $n (mut i32) (i32.const 1))
      (func (export "f") (result i32)
        (global.set $n (i32.add (global.get $n) (i32.const 1)))
        (global.get $n)))
    (core instance $i (instantiate $m))
    (func (export "f") (result u32) (canon lift (core func $i "f"))))
  (component $caller
    (import "f" (func $f (result u32)))
    (core func $f' (canon lower (func $f)))
    (core module $m
      (import "" "f" (func $f (result i32)))
      (func (export "g") (result i32) (i32.mul (call $f) (i32.const 10))))
    (core instance $i (instantiate $m (with "" (instance (export "f" (func $f'))))))
    (func (export "g") (result u32) (canon lift (core func $i "g"))))
  (instance $one (instantiate $one))
  (instance $two (instantiate $two))
  (instance $other-two (instantiate $two))
  (instance $a (instantiate $caller (with "f" (func $one "f"))))
  (instance $b (instantiate $caller (with "f" (func $two "f"))))
  (instance $c (instantiate $caller (with "f" (func $other-two "f"))))
  (export "a" (func $a "g"))
  (export "b" (func $b "g"))
  (export "c" (func $c "g")))
(assert_return (invoke "a") (u32.const 10))
(assert_return (invoke "b") (u32.const 20))
(assert_return (invoke "b") (u32.const 30))
(assert_return (invoke "c") (u32.const 20))
(assert_return (invoke "a") (u32.const 10))

;; Two instances of a callee with one body keep their own state.
(component
  (component $counter
    (core module $m
      (global $n (mut i64) (i64.const 0))
      (func (export "next") (result i64)
        (global.set $n (i64.add (global.get $n) (i64.const 1)))
        (global.get $n)))
    (core instance $i (instantiate $m))
    (func (export "next") (result u64) (canon lift (core func $i "next"))))
  (component $caller
    (import "next" (func $next (result u64)))
    (core func $next' (canon lower (func $next)))
    (core module $m
      (import "" "next" (func $next (result i64)))
      (func (export "twice") (result i64) (drop (call $next)) (call $next)))
    (core instance $i (instantiate $m (with "" (instance (export "next" (func $next'))))))
    (func (export "twice") (result u64) (canon lift (core func $i "twice"))))
  (instance $x (instantiate $counter))
  (instance $y (instantiate $counter))
  (instance $a (instantiate $caller (with "next" (func $x "next"))))
  (instance $b (instantiate $caller (with "next" (func $y "next"))))
  (export "a" (func $a "twice"))
  (export "b" (func $b "twice")))
(assert_return (invoke "a") (u64.const 2))
(assert_return (invoke "a") (u64.const 4))
(assert_return (invoke "b") (u64.const 2))

;; No exception gets out of a component, and one that the callee catches does not matter.
(component $e
  (component $callee
    (core module $m
      (tag $t (param i32))
      (func (export "throw") (param i32) (result i32)
        (if (local.get 0) (then (throw $t (local.get 0))))
        (i32.const 5))
      (func (export "catch") (param i32) (result i32)
        (block $caught (result i32)
          (try_table (result i32) (catch $t $caught) (throw $t (local.get 0))))))
    (core instance $i (instantiate $m))
    (func (export "throw") (param "x" u32) (result u32) (canon lift (core func $i "throw")))
    (func (export "catch") (param "x" u32) (result u32) (canon lift (core func $i "catch"))))
  (component $caller
    (import "throw" (func $throw (param "x" u32) (result u32)))
    (import "catch" (func $catch (param "x" u32) (result u32)))
    (core func $throw' (canon lower (func $throw)))
    (core func $catch' (canon lower (func $catch)))
    (core module $m
      (import "" "throw" (func $throw (param i32) (result i32)))
      (import "" "catch" (func $catch (param i32) (result i32)))
      ;; What the caller would catch is not there to be caught.
      (func (export "throw") (param i32) (result i32)
        (block $caught
          (try_table (catch_all $caught) (return (call $throw (local.get 0)))))
        (i32.const -1))
      (func (export "catch") (param i32) (result i32)
        (i32.add (call $catch (local.get 0)) (call $catch (local.get 0)))))
    (core instance $i (instantiate $m (with "" (instance
      (export "throw" (func $throw')) (export "catch" (func $catch'))))))
    (func (export "throw") (param "x" u32) (result u32) (canon lift (core func $i "throw")))
    (func (export "catch") (param "x" u32) (result u32) (canon lift (core func $i "catch"))))
  (instance $a (instantiate $callee))
  (instance $c (instantiate $caller
    (with "throw" (func $a "throw")) (with "catch" (func $a "catch"))))
  (export "throw" (func $c "throw"))
  (export "catch" (func $c "catch")))
(assert_return (invoke "throw" (u32.const 0)) (u32.const 5))
(assert_return (invoke "catch" (u32.const 21)) (u32.const 42))
(assert_trap (invoke "throw" (u32.const 1)) "uncaught exception")
(assert_trap (invoke "catch" (u32.const 1)) "cannot enter component instance")

;; Recursion ends where the stack does, whether its steps are inlined or not.
(component
  (component $callee
    (core module $m
      (func $deep (export "deep") (param i64) (result i64)
        (i64.add (call $deep (i64.add (local.get 0) (i64.const 1))) (i64.const 1))))
    (core instance $i (instantiate $m))
    (func (export "deep") (param "n" u64) (result u64) (canon lift (core func $i "deep"))))
  (component $caller
    (import "deep" (func $deep (param "n" u64) (result u64)))
    (core func $deep' (canon lower (func $deep)))
    (core module $m
      (import "" "deep" (func $deep (param i64) (result i64)))
      (func (export "deep") (result i64) (call $deep (i64.const 0))))
    (core instance $i (instantiate $m (with "" (instance (export "deep" (func $deep'))))))
    (func (export "deep") (result u64) (canon lift (core func $i "deep"))))
  (instance $a (instantiate $callee))
  (instance $c (instantiate $caller (with "deep" (func $a "deep"))))
  (export "deep" (func $c "deep")))
(assert_exhaustion (invoke "deep") "call stack exhausted")
