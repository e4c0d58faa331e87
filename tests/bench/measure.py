# SPDX-License-Identifier: EUPL-1.2
"""What the whole-run benchmarks share: processes timed with all their children, and a mailroom to talk to."""
import json
import os
import queue
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("POSTKAMER_BIN", os.path.join(ROOT, "build", "bench", "bin"))
POSTKAMER = os.path.join(BIN, "postkamer")
FORMS = os.path.join(ROOT, "config", "forms")
SAMPLES = os.path.join(ROOT, "sample-scans")
ONE_THREAD = {**os.environ, "OMP_THREAD_LIMIT": "1"}
KINDS = ["decode", "deskew", "classify", "extract", "ocr", "archive"]
# Of the one at the top of the path the test machines have several; this one has Debian's python3-zmq.
PYTHON = "/usr/bin/python3" if os.path.exists("/usr/bin/python3") else sys.executable


def data_folder():
    """The measuring data, or None with a line that says so."""
    folder = os.environ.get("POSTKAMER_DATA", os.path.join(ROOT, "..", "shared", "data"))
    if os.path.isdir(folder):
        return folder
    print(f"skipped: no measuring data at {folder}; set POSTKAMER_DATA")
    return None


def need(*programs):
    """Ends the program with what to do when a program is missing."""
    missing = [name for name in programs if shutil.which(name) is None]
    if missing:
        sys.exit(f"not installed: {', '.join(missing)}; run config/install-packages run bench, and build with "
                 "cmake --workflow --preset bench")


def machine():
    """One line on where this was measured, and how busy it was."""
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "?")
    return f"{model}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"


def result(what, goal, measured, is_good):
    """The line that run_all makes its table of; gives `is_good`."""
    print(f"== {what} | {goal} | {measured} | {'ok' if is_good else 'MISSED'}", flush=True)
    return is_good


def sample_files(one_page=None, folder=SAMPLES):
    """[(path, manifest entry, truth)] of the sample scans that hold documents, broken ones left out."""
    with open(os.path.join(folder, "MANIFEST.json")) as file:
        entries = json.load(file)["files"]
    found = []
    for entry in entries:
        if entry["group"] == "broken":
            continue
        path = os.path.join(folder, entry["file"])
        with open(os.path.splitext(path)[0] + ".truth.json") as file:
            truth = json.load(file)
        documents = truth["documents"]
        single = len(documents) == 1 and len(documents[0]["pages"]) == 1
        if one_page is None or one_page == single:
            found.append((path, entry, truth))
    return found


def timed(command, cores=None):
    """(wall seconds, CPU seconds of the command and its children); ends the program when it fails."""
    if cores is not None:
        command = ["taskset", "-c", cores] + command
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    done = subprocess.run(command, env=ONE_THREAD, capture_output=True, text=True)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != 0:
        sys.exit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run_postkamer(files, out, workers=1, cores=None):
    """Reads `files` with `workers` processes of each kind; (wall seconds, CPU seconds, ledger)."""
    shutil.rmtree(out, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        config = write_config(folder, workers)
        wall, cpu = timed([POSTKAMER, "--config", config, "run", "--quiet", "--out", out] + files, cores)
    with open(os.path.join(out, "ledger.json")) as file:
        return wall, cpu, json.load(file)


def write_config(folder, workers=1, inbox=None, poll_ms=50, forms=FORMS):
    path = os.path.join(folder, "postkamer.toml")
    with open(path, "w") as file:
        file.write(f"[system]\ndata = 'data'\nforms = '{forms}'\n[workers]\n")
        file.writelines(f"{kind} = {workers}\n" for kind in KINDS)
        if inbox:
            file.write(f"[[inbox]]\nname = 'post'\nfolder = '{inbox}'\npublish = 'doubtful-too'\n"
                       f"duplicates = 'accept'\n"
                       f"stable_ms = 0\npoll_ms = {poll_ms}\n[[subscriber]]\nname = 'bench'\n")
    return path


class Mailroom:
    """A running `postkamer serve` with one inbox, in a folder of its own."""

    def __init__(self, poll_ms=50, forms=FORMS):
        self.poll_ms, self.forms = poll_ms, forms

    def __enter__(self):
        self.folder = tempfile.mkdtemp(prefix="pk-bench-")
        self.inbox = os.path.join(self.folder, "inbox")
        os.mkdir(self.inbox)
        self.config = write_config(self.folder, inbox=self.inbox, poll_ms=self.poll_ms, forms=self.forms)
        self.data = os.path.join(self.folder, "data")
        self.log = os.path.join(self.folder, "log.txt")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([POSTKAMER, "--config", self.config, "serve"],
                                            env=ONE_THREAD, stderr=log)
        self.wait_for_workers()
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(15)
        shutil.rmtree(self.folder, ignore_errors=True)

    def status(self):
        answer = subprocess.run([POSTKAMER, "--config", self.config, "status", "--json"],
                                capture_output=True, text=True)
        return json.loads(answer.stdout) if answer.returncode == 0 else None

    def wait_for_workers(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            status = self.status()
            if status and len(status["workers"]) >= len(KINDS):
                return
            time.sleep(0.1)
        with open(self.log) as log:
            sys.exit("the mailroom's workers did not come up in a minute:\n" + log.read())

    def drop(self, file, name):
        """Moves a copy of `file` into the inbox; the moment of the rename."""
        beside = os.path.join(self.folder, name)
        shutil.copy(file, beside)
        os.rename(beside, os.path.join(self.inbox, name))
        return time.monotonic()

    def finished(self):
        """Names of the files that are done with."""
        return {name for room in ("processed", "rejected")
                for _, _, names in os.walk(os.path.join(self.folder, room)) for name in names}

    def wait_until_finished(self, names, seconds=600):
        deadline, names = time.monotonic() + seconds, set(names)
        while not names <= self.finished():
            if time.monotonic() > deadline:
                sys.exit(f"the mailroom did not finish {names - self.finished()}")
            time.sleep(0.05)

    def children(self):
        """{pid: program} of the mailroom's processes, their boxes included."""
        parents, programs = {}, {}
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open(f"/proc/{pid}/stat") as file:
                    parents[int(pid)] = int(file.read().rsplit(")", 1)[1].split()[1])
                programs[int(pid)] = os.path.basename(os.readlink(f"/proc/{pid}/exe").removesuffix(" (deleted)"))
            except OSError:  # it ended while we looked, or is another's
                pass
        ours = {self.process.pid}
        for _ in range(3):  # supervisor, worker, box, renderer
            ours |= {pid for pid, parent in parents.items() if parent in ours}
        return {pid: programs[pid] for pid in ours - {self.process.pid} if pid in programs}

    def cpu_seconds(self):
        """CPU used so far, by program, children that have ended included."""
        ticks = os.sysconf("SC_CLK_TCK")
        used = {}
        for pid, name in self.children().items():
            try:
                with open(f"/proc/{pid}/stat") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:  # a box that has done its job
                continue
            used[name] = used.get(name, 0) + sum(map(int, fields[11:15])) / ticks
        return used

    def peak_memory_mib(self):
        """The largest resident size so far, by program."""
        peak = {}
        for pid, name in self.children().items():
            try:
                with open(f"/proc/{pid}/status") as file:
                    kib = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
            except (OSError, StopIteration):
                continue
            peak[name] = max(peak.get(name, 0), kib / 1024)
        return peak


class Subscriber:
    """The Python subscriber on a mailroom's stream: (moment, event) as they arrive."""

    def __init__(self, mailroom):
        script = os.path.join(ROOT, "workers", "publisher", "subscriber.py")
        self.process = subprocess.Popen(
            [PYTHON, script, f"ipc://{mailroom.data}/run/events.sock", "bench"], stdout=subprocess.PIPE, text=True)
        self.events = queue.Queue()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        for line in self.process.stdout:
            self.events.put((time.monotonic(), json.loads(line)))

    def next(self, seconds=60):
        return self.events.get(timeout=seconds)

    def close(self):
        self.process.terminate()
        self.process.wait()
