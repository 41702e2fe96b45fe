# Part of Trenail. Apache-2.0 WITH LLVM-exception; see LICENSE.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""What the runners of spec-tests/ share: a process bounded in time, with its peak of memory, and a
count of what passed. A runner exits with 77 where its data from outside is absent."""

import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

# Sanitizers and emulators need more of everything (set by the build).
SLOW = float(os.environ.get('TRENAIL_TEST_SLOW', '1'))
SANITIZED = os.environ.get('TRENAIL_TEST_SANITIZED') == '1'


class Outcome:
    def __init__(self, status, stdout, stderr, peak_mb, seconds, timed_out):
        self.status = status  # the exit code, negative for a signal
        self.stdout = stdout
        self.stderr = stderr
        self.peak_mb = peak_mb
        self.seconds = seconds  # of processor time
        self.timed_out = timed_out


class Patience:
    """The time in which a process has to be done, by a clock that stands while the process could run
    and there is no processor for it: a machine that is busy with other things makes nothing fail."""

    def __init__(self, pid, seconds):
        self.pid = pid
        self.seconds = seconds
        self.end = time.monotonic() + seconds - self._threads()[1]

    def left(self):
        ran, waited, runnable = self._threads()
        left = self.end + waited - time.monotonic()
        # A wait that goes on is not counted yet.
        return max(left, 1) if runnable and ran < self.seconds else left

    def _threads(self):
        """For how many seconds they ran, the longest wait for a processor, and whether one waits."""
        ran, waited, runnable = 0, 0, False
        for folder in pathlib.Path(f'/proc/{self.pid}/task').glob('*'):
            try:
                times = (folder / 'schedstat').read_text(encoding='ascii').split()
                state = (folder / 'stat').read_text(encoding='utf-8', errors='replace')
            except OSError:  # a thread that has ended; a system that does not say it
                continue
            ran += int(times[0]) / 1e9
            waited = max(waited, int(times[1]) / 1e9)
            runnable |= state.rpartition(')')[2].split()[0] in 'RD'
        return ran, waited, runnable


def run(command, cwd=None, stdin=None, timeout=60, preexec=None):
    """Runs to the end or until `timeout` seconds (stretched where runs are slow), not counting those
    for which the machine did not let it run."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors, \
            tempfile.TemporaryFile() as given:
        given.write(stdin or b'')
        given.seek(0)
        process = subprocess.Popen([str(part) for part in command], cwd=cwd, stdin=given,
                                   stdout=out, stderr=errors, preexec_fn=preexec)
        late, ended = threading.Event(), threading.Event()
        patience = Patience(process.pid, timeout * SLOW)

        def watch():
            while not ended.wait(max(patience.left(), 0.1)):
                if patience.left() <= 0:
                    late.set()
                    process.kill()
                    return

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        # It stays known by its number until the watcher has looked for the last time.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        ended.set()
        watcher.join()
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        return Outcome(process.returncode, out.read(), errors.read(), usage.ru_maxrss / 1024,
                       usage.ru_utime + usage.ru_stime, late.is_set())


def corpora(part):
    """A folder of the corpora; ends the runner where it is absent."""
    root = os.environ.get('TRENAIL_CORPORA')
    folder = pathlib.Path(root) / part if root else None
    if folder and folder.exists():
        return folder.resolve()
    print(f'the corpora are absent ({part}): set TRENAIL_CORPORA, see docs/testing.md')
    sys.exit(1 if os.environ.get('TRENAIL_REQUIRE_CORPORA') == '1' else 77)


class Tally:
    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def pass_(self):
        self.passed += 1

    def fail(self, name, problem):
        self.failed += 1
        print(f'FAILED {name}: {problem}', flush=True)

    def skip(self, name, reason):
        self.skipped += 1
        print(f'skipped {name}: {reason}', flush=True)

    def check(self, name, problem):
        """`problem` is what is wrong, or nothing."""
        if problem:
            self.fail(name, problem)
        else:
            self.pass_()

    def finish(self):
        print(f'{self.passed} passed, {self.failed} failed, {self.skipped} skipped')
        sys.exit(1 if self.failed else 0)


def excerpt(data, limit=400):
    text = data.decode(errors='replace') if isinstance(data, bytes) else data
    return text if len(text) <= limit else text[:limit] + '…'
