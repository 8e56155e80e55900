"""What a round may have left behind, and faults that the script makes itself to prove that it sees them."""
import glob, os, signal, subprocess, time
from world import Wrong

PATIENCE = 20  # seconds until what was killed must be gone, on a busy machine
# What is injected, and what the script must say of it.
INJECTED = {"deadlock": "it hangs", "process": "left behind: process", "mount": "left behind: mount",
            "segment": "left behind: segment", "file": "left behind: file", "cgroup": "left behind: cgroup",
            "descriptors": "descriptors grow", "memory": "memory grows"}


class Traces:
    def __init__(self, world):
        self.world = world
        self.before = self.look()

    def compare(self, world):
        end = time.monotonic() + PATIENCE
        while True:
            left = self.left()
            if not left:
                break
            if time.monotonic() > end:
                raise Wrong("left behind: " + "; ".join(left))
            time.sleep(0.05)
        if world.long is not None:
            world.check_levels()
            subprocess.run(["rm", "-rf", "--one-file-system", world.tree], check=True)

    def left(self):
        left = [f"process {pid}: {self.command(pid)}" for pid in self.world.marked() if not self.is_family(pid)]
        return left + [f"{kind} {one}" for kind, found in self.look().items() for one in found - self.before[kind]]

    def is_family(self, pid):
        """Whether it is the tool that traces all the time, or a process of it, or gone by now."""
        # What it starts may come and go between two looks, so the session tells.
        return self.session(pid) in (0, self.world.long.pid if self.world.long else 0)

    def look(self):
        world = self.world
        # Memory that is marked for removal (SHM_DEST) goes with the last process that has it.
        segments = [line for line in open("/proc/sysvipc/shm").read().splitlines()[1:]
                    if not int(line.split()[2], 8) & 0o1000]
        segments += open("/proc/sysvipc/msg").read().splitlines()[1:]
        return {
            "mount": {line.split()[4] for line in open("/proc/self/mountinfo") if world.top in line},
            "segment": {" ".join(line.split()[:3]) for line in segments},
            "file": {path for place in ("/var/tmp", "/dev/shm") for path in glob.glob(place + "/*fptrace*")}
            | set(glob.glob(world.tmp + "/*")),
            "cgroup": {path for path in glob.glob("/sys/fs/cgroup/**/*fptrace-stress-*", recursive=True)
                       if path.endswith(f"-{os.getpid()}")},
        }

    @staticmethod
    def session(pid):
        try:
            return os.getsid(pid)
        except OSError:
            return 0

    @staticmethod
    def command(pid):
        try:
            return open(f"/proc/{pid}/cmdline").read().replace("\0", " ")
        except OSError:
            return "gone"


def inject(world, kind):
    """Does what a faulty tool would do."""
    if kind == "deadlock":
        # As if all threads of the tool waited for each other: nothing of it goes on.
        process = world.start("--engine", world.engine, "-d", "deps.json", "--", world.massacre, "2000")
        time.sleep(0.5)
        process.send_signal(signal.SIGSTOP)
        try:
            world.finish(process, seconds=30)
        finally:
            process.kill()
    elif kind == "process":
        subprocess.Popen(["sleep", "1000"], env=world.environment, start_new_session=True)
    elif kind == "mount":
        world.begin_fuse()
    elif kind == "segment":
        made = subprocess.run(["ipcmk", "-M", "4096"], check=True, capture_output=True, text=True)
        world.segments.append(made.stdout.split()[-1])
    elif kind == "file":
        open(world.tmp + "/fptrace-spool", "w").close()
    elif kind == "cgroup":
        import cgroups
        world.cgroups.append(cgroups.Cgroup("freezer", f"fptrace-stress-{os.getpid()}"))
    else:
        # As if the tool that traces all the time took more and more from now on.
        honest = world.sample
        taken = [0]

        def sample():
            honest()
            taken[0] += 1
            memory, descriptors = world.samples[-1]
            world.samples[-1] = ((memory + 4096 * taken[0], descriptors) if kind == "memory"
                                 else (memory, descriptors + 2 * taken[0]))
        world.sample = sample
