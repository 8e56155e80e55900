"""Where a stress runs: its directories, mounts, cgroups and processes, and the tool that traces all the time."""
import os, platform, select, signal, subprocess, tempfile, threading, time

# The first is what users get.
ENGINES = [*["fast"] * (platform.machine() == "x86_64"), "notify", "ptrace", "syscall"]
HANG = 120  # seconds: a busy machine takes a few


class Wrong(Exception):
    """What must not be."""


class World:
    def __init__(self, fptrace, chance):
        self.fptrace, self.chance = fptrace, chance
        self.top = tempfile.mkdtemp(prefix="stress-")
        self.massacre = self.top + "/massacre"
        self.mount, self.tmp = self.top + "/mnt", self.top + "/tmp"
        self.round, self.scenario, self.slowest_end = 0, "start", 0.0
        self.lacks, self.samples, self.cgroups, self.mounts, self.segments = set(), [], [], [], []
        self.began = time.monotonic()
        os.mkdir(self.tmp)
        # Every process that the tool starts has this in its environment, so those left behind can be found.
        self.mark = "FPTRACE_STRESS=" + self.top
        # A process is armed at once (docs/fast.md): most here end before they have asked much.
        self.environment = dict(os.environ, FPTRACE_STRESS=self.top, TMPDIR=self.tmp, HOME=self.top,
                                FPTRACE_ARM_AFTER="1")
        self.long = None

    def elapsed(self):
        return time.monotonic() - self.began

    def has(self, scenario):
        lacks = [text for need in getattr(scenario, "needs", []) if (text := need())]
        self.lacks.update(lacks)
        return not lacks

    def begin(self, name):
        self.engine = self.chance.choice(ENGINES)
        self.tree = f"{self.top}/{self.round}"
        self.scenario = f"{name} with {self.engine}"
        os.mkdir(self.tree)

    # --- the tool ---------------------------------------------------------------------------------------------------

    def start(self, *words, cwd=None, before=(), **more):
        """Starts the tool; what it prints goes into a file, which nobody has to read."""
        output = open(f"{self.top}/output", "w+")
        process = subprocess.Popen([*before, self.fptrace, *words], cwd=cwd or self.tree, env=self.environment,
                                   stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
                                   **more)
        process.output = output
        return process

    def finish(self, process, seconds=HANG):
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Wrong(f"it hangs\n{self.describe(process.pid)}\n{self.printed(process)}")
        if status < 0 and -status in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL):
            raise Wrong(f"it crashed with signal {-status}\n{self.printed(process)}")
        if status in (128 + signal.SIGSEGV, 128 + signal.SIGABRT) or "Unhandled exception" in self.printed(process):
            raise Wrong(f"it crashed with status {status}\n{self.printed(process)}")
        return status

    def run(self, *words, wanted=(0,), **more):
        process = self.start(*words, **more)
        status = self.finish(process)
        text = self.printed(process)
        if status not in wanted:
            raise Wrong(f"{words}: status {status}\n{text}")
        return text

    @staticmethod
    def printed(process):
        process.output.seek(0)
        return process.output.read()[-4000:]

    def kill(self, process):
        """SIGKILL ends the tool, and the caller's pipes with it, whatever a file system does."""
        began = time.monotonic()
        process.kill()
        self.finish(process)
        took = time.monotonic() - began
        self.slowest_end = max(self.slowest_end, took)
        if took > 1:
            raise Wrong(f"after SIGKILL it took {took:.1f} s to end")

    def describe(self, pid):
        lines = []
        for one in [pid, *self.descendants(pid)]:
            try:
                for thread in os.listdir(f"/proc/{one}/task"):
                    place = f"/proc/{one}/task/{thread}/"
                    state = open(place + "stat").read().rsplit(")", 1)[1].split()[0]
                    lines.append(f"{one}/{thread} {open(place + 'comm').read().strip()} {state} "
                                 + open(place + "wchan").read())
            except OSError:
                pass
        return "\n".join(lines[:60])

    @staticmethod
    def descendants(pid):
        found, todo = [], [pid]
        while todo:
            one = todo.pop()
            try:
                for thread in os.listdir(f"/proc/{one}/task"):
                    children = open(f"/proc/{one}/task/{thread}/children").read().split()
                    found += map(int, children)
                    todo += map(int, children)
            except OSError:
                pass
        return found

    # --- FUSE -------------------------------------------------------------------------------------------------------

    def begin_fuse(self):
        os.makedirs(self.tree + "/source/dir")
        os.makedirs(self.mount, exist_ok=True)
        for number in range(20):
            with open(f"{self.tree}/source/dir/{number}", "w") as file:
                file.write(f"text {number}\n")
        cached = self.chance.choice(["0", "1"])
        daemon = subprocess.Popen(["bindfs", "-f", "--no-allow-other", "-o",
                                   f"attr_timeout={cached},entry_timeout={cached}", self.tree + "/source", self.mount])
        self.mounts.append(daemon)
        while not os.path.ismount(self.mount):
            if daemon.poll() is not None:
                raise Wrong("bindfs does not start")
            time.sleep(0.01)
        return daemon

    def end_fuse(self):
        while self.mounts:
            daemon = self.mounts.pop()
            daemon.send_signal(signal.SIGCONT)
            subprocess.run(["fusermount3", "-u", "-z", self.mount], check=True)
            daemon.wait(HANG)

    def stalling(self, act, pause=0.3):
        """A thread that does something with a bool again and again, first true and then false."""
        over = threading.Event()
        chance = self.chance.randrange(1 << 30)

        def go():
            import random
            own = random.Random(chance)
            while not over.wait(own.random() * pause):
                act(True)
                over.wait(own.random() * pause)
                act(False)
        thread = threading.Thread(target=go)
        thread.start()

        def end():
            over.set()
            thread.join()
        return end

    # --- the tool that traces all the time --------------------------------------------------------------------------

    def start_long_run(self):
        self.tree = self.top + "/long"
        os.mkdir(self.tree)
        self.engine = ENGINES[0]
        self.long = self.start("--engine", self.engine, "--probes", "--", "sh", "-c", """while [ -e ../massacre ]; do
            ls / > out; cp out copy; rm out copy; sh -c 'for i in 1 2 3; do [ -e /etc/passwd ]; done'
        done""")

    def sample(self):
        if self.long.poll() is not None:
            raise Wrong(f"the tool that traces all the time ended\n{self.printed(self.long)}")
        memory = descriptors = 0
        for pid in [self.long.pid, *self.descendants(self.long.pid)]:
            # It may be two processes: a proxy and the tracer. The command's come and go.
            try:
                if os.readlink(f"/proc/{pid}/exe") == self.fptrace:
                    status = open(f"/proc/{pid}/status").read()
                    memory += int(status.split("VmRSS:")[1].split()[0])
                    descriptors += len(os.listdir(f"/proc/{pid}/fd"))
            except (OSError, IndexError):
                pass
        self.samples.append((memory, descriptors))

    def levels(self):
        memory, descriptors = zip(*self.samples)
        return (f"memory {memory[0]} KiB at first, {memory[-1]} now, {max(memory)} at most; "
                f"descriptors {descriptors[0]}, {descriptors[-1]}, {max(descriptors)}")

    def check_levels(self):
        self.sample()
        memory, descriptors = zip(*self.samples[-3:])
        early = self.samples[:5]
        # The native tool takes 12 MB at first, and 20 to 23 when its heap has grown. So a leak of 1 KB an execution is
        # seen within two minutes.
        if len(self.samples) > 8 and min(memory) > 1.25 * max(one for one, _ in early) + 12288:
            raise Wrong("memory grows: " + self.levels())
        if len(self.samples) > 8 and min(descriptors) > max(one for _, one in early) + 10:
            raise Wrong("descriptors grow: " + self.levels())

    def end_long_run(self):
        os.rename(self.massacre, self.massacre + ".over")
        if self.finish(self.long) != 0:
            raise Wrong(f"the tool that traced all the time failed\n{self.printed(self.long)}")
        self.long = None

    def close(self):
        if self.long is not None:
            self.long.kill()
            self.long.wait()
        for pid in self.marked():
            os.kill(pid, signal.SIGKILL)
        for group in self.cgroups:
            group.remove()
        for segment in self.segments:
            subprocess.run(["ipcrm", "-m", segment], check=True)
        self.end_fuse()
        subprocess.run(["rm", "-rf", "--one-file-system", self.top])

    def marked(self):
        found = []
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) != os.getpid():
                try:
                    if self.mark.encode() in open(f"/proc/{name}/environ", "rb").read().split(b"\0"):
                        found.append(int(name))
                except OSError:
                    pass
        return found
