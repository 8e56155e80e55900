"""A cgroup of our own, of version 1 or 2, where the machine lets us make one."""
import os, time

BASE = "/sys/fs/cgroup"


class Cgroup:
    """One for a kind: freezer or memory. Version 1 has a tree for each kind, version 2 one for all."""

    def __init__(self, kind, name):
        self.is_first = os.path.isdir(f"{BASE}/{kind}")
        self.path = f"{BASE}/{kind}/{name}" if self.is_first else f"{BASE}/{name}"
        os.mkdir(self.path)
        needed = {"freezer": ["freezer.state", "cgroup.freeze"], "memory": ["memory.limit_in_bytes", "memory.max"]}
        if not any(os.path.exists(f"{self.path}/{file}") for file in needed[kind]):
            self.remove()
            raise OSError(f"{self.path} has no {kind}")

    def write(self, file, text):
        with open(f"{self.path}/{file}", "w") as one:
            one.write(str(text))

    def enter(self):
        """For the process that is about to become the tool."""
        self.write("cgroup.procs", os.getpid())

    def freezer(self):
        """The file that freezes it, what freezes, and what thaws."""
        return ("freezer.state", "FROZEN", "THAWED") if self.is_first else ("cgroup.freeze", "1", "0")

    def freeze(self, wanted):
        file, frozen, thawed = self.freezer()
        self.write(file, frozen if wanted else thawed)

    def limit(self, megabytes):
        self.write("memory.limit_in_bytes" if self.is_first else "memory.max", megabytes << 20)

    def kills(self):
        """How many processes the kernel has killed here for want of memory."""
        lines = open(f"{self.path}/" + ("memory.oom_control" if self.is_first else "memory.events")).read().split("\n")
        return sum(int(line.split()[1]) for line in lines if line.startswith("oom_kill "))

    def remove(self):
        for _ in range(200):
            try:
                os.rmdir(self.path)
                return
            except FileNotFoundError:
                return
            except OSError:
                # The last process is still on its way out.
                time.sleep(0.05)


def lack(kind):
    """Why there is none; empty when there is."""
    try:
        Cgroup(kind, f"fptrace-stress-{os.getpid()}").remove()
        return ""
    except OSError as e:
        return f"{kind} cgroups: {e}"
