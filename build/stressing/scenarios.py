"""What a round does. Each scenario gets the world, and raises Wrong where the tool does what it must not."""
import json, os, resource, shutil, signal, subprocess, time
import cgroups
from world import Wrong


def fuse_lack():
    missing = [name for name in ("bindfs", "fusermount3") if shutil.which(name) is None]
    return "FUSE: no " + missing[0] if missing else "" if os.path.exists("/dev/fuse") else "FUSE: no /dev/fuse"


def freezer_lack():
    return cgroups.lack("freezer")


def memory_lack():
    return cgroups.lack("memory")


def needs(*lacks):
    def mark(scenario):
        scenario.needs = lacks
        return scenario
    return mark


def trace(world, *command, allowed="lost-process", **more):
    """A trace that can be read, and speaks of nothing but what the command does."""
    text = world.run("--engine", world.engine, "--probes", "-d", "deps.json", "-o", "trace.json", "--", *command,
                     **more)
    with open(world.tree + "/deps.json") as deps, open(world.tree + "/trace.json") as whole:
        json.load(deps)
        found = json.load(whole)
    bad = [reason for reason in found["verdict"]["reasons"] if reason["kind"] not in ("lost-process", allowed)]
    if bad:
        raise Wrong(f"the trace speaks of a fault: {bad}\n{text}")
    return found


def massacre(world, storm=""):
    return [world.massacre, str(world.chance.randrange(500, 3000)), str(world.chance.randrange(1 << 30)), storm]


def kills(world):
    if len(trace(world, *massacre(world))["executions"]) < 10:
        raise Wrong("the trace has next to nothing")


def signals(world):
    trace(world, *massacre(world, "storm"))


def signals_to_the_tool(world):
    process = world.start("--engine", world.engine, "-d", "deps.json", "--", *massacre(world))
    end = time.monotonic() + world.chance.random()
    while time.monotonic() < end:
        process.send_signal(world.chance.choice([signal.SIGWINCH, signal.SIGURG, signal.SIGCHLD, signal.SIGCONT]))
        time.sleep(0.0002)
    # The first one ends the command's first process, and the next ones what it leaves behind.
    for _ in range(30):
        process.send_signal(world.chance.choice([signal.SIGINT, signal.SIGTERM, signal.SIGHUP]))
        try:
            process.wait(1)
            break
        except subprocess.TimeoutExpired:
            pass
    world.finish(process, seconds=1)


def killed(world):
    process = world.start("--engine", world.engine, "-d", "deps.json", "--", *massacre(world))
    time.sleep(world.chance.random())
    world.kill(process)


READER = """for round in 1 2 3; do
    for n in 0 1 2 3 4 5 6 7 8 9; do cat $0/dir/$n >/dev/null & done; ls $0/dir >/dev/null
    echo x > $0/made; mv $0/made $0/moved; rm $0/moved; wait
done"""


@needs(fuse_lack)
def fuse(world):
    world.begin_fuse()
    trace(world, "sh", "-ec", READER, world.mount)
    world.end_fuse()


@needs(fuse_lack)
def fuse_stalls(world):
    daemon = world.begin_fuse()
    end = world.stalling(lambda stop: daemon.send_signal(signal.SIGSTOP if stop else signal.SIGCONT))
    try:
        trace(world, "sh", "-ec", READER, world.mount)
    finally:
        end()
    world.end_fuse()


@needs(fuse_lack)
def fuse_inside(world):
    os.makedirs(world.tree + "/source/dir")
    os.mkdir(world.tree + "/mnt")
    for number in range(10):
        open(f"{world.tree}/source/dir/{number}", "w").close()
    trace(world, "sh", "-ec", f"""bindfs --no-allow-other source mnt
        sh -ec '{READER}' mnt
        fusermount3 -u mnt""", allowed="mount-namespace")


@needs(fuse_lack)
def fuse_massacre(world):
    daemon = world.begin_fuse()
    end = world.stalling(lambda stop: daemon.send_signal(signal.SIGSTOP if stop else signal.SIGCONT), pause=0.1)
    try:
        world.run("--engine", world.engine, "-d", world.tree + "/deps.json", "--", *massacre(world), cwd=world.mount)
    finally:
        end()
    world.end_fuse()


@needs(fuse_lack)
def fuse_stands_still_and_the_tool_is_killed(world):
    daemon = world.begin_fuse()
    words = world.chance.choice([
        ["--engine", world.engine, "-d", "deps.json"], ["run", "--engine", world.engine],
        ["--engine", world.engine, "-u", "--undelete-dir", world.tree + "/kept"]])
    act = world.chance.choice(["cat $0/dir/* > /dev/null", "ls $0/dir > /dev/null", "rm $0/dir/*", "mv $0/dir $0/other",
                               "cp $0/dir/1 $0/dir/new"])
    command = [*words, "--", "sh", "-c", act, world.mount]
    if world.chance.random() < 0.3:
        world.finish(world.start(*command))
    daemon.send_signal(signal.SIGSTOP)
    process = world.start(*command)
    time.sleep(world.chance.random())
    world.kill(process)
    world.end_fuse()


@needs(fuse_lack)
def fuse_runs(world):
    """What fptrace run prints is right, whether it runs, skips or restores."""
    daemon = world.begin_fuse()
    end = world.stalling(lambda stop: daemon.send_signal(signal.SIGSTOP if stop else signal.SIGCONT))
    try:
        for turn in range(4):
            text = f"{world.round}.{world.chance.randrange(3)}\n"
            with open(world.mount + "/dir/5", "w") as file:
                file.write(text)
            printed = world.run("run", "--engine", world.engine, f"--cache={world.tree}/store", "--", "sh", "-ec",
                                "ls $0/dir > list; cat $0/dir/5 | tee $0/copy", world.mount)
            if not printed.startswith(text) or open(world.mount + "/copy").read() != text:
                raise Wrong(f"wrong output in turn {turn}: {printed}")
    finally:
        end()
    world.end_fuse()


@needs(fuse_lack)
def fuse_undelete(world):
    world.begin_fuse()
    world.run("--engine", world.engine, "-u", "--undelete-dir", world.tree + "/kept", "--", "sh", "-ec",
              "for n in 0 1 2 3; do rm $0/dir/$n; done; mv $0/dir/5 $0/dir/6", world.mount)
    world.run("undelete", "--undelete-dir", world.tree + "/kept", wanted=(0, 1, 2))
    world.end_fuse()


def cgroup(world, kind):
    group = cgroups.Cgroup(kind, f"fptrace-stress-{os.getpid()}")
    world.cgroups.append(group)
    return group


def end_cgroup(world):
    world.cgroups.pop().remove()


@needs(freezer_lack)
def frozen(world):
    group = cgroup(world, "freezer")
    end = world.stalling(group.freeze)
    try:
        trace(world, *massacre(world), preexec_fn=group.enter)
    finally:
        end()
        group.freeze(False)
    end_cgroup(world)


@needs(freezer_lack)
def frozen_and_killed(world):
    group = cgroup(world, "freezer")
    process = world.start("--engine", world.engine, "-d", "deps.json", "--", *massacre(world), preexec_fn=group.enter)
    time.sleep(world.chance.random())
    group.freeze(True)
    time.sleep(world.chance.random() / 10)
    process.kill()
    group.freeze(False)
    world.kill(process)
    end_cgroup(world)


# What thaws makes calls that must be handled first.
ITSELF = """cd $0; sh -c 'echo $$ > cgroup.procs; cd ..
while [ ! -e $0 ]; do sh -c "for i in 1 2 3; do [ -e /etc/passwd ]; done"; done' $4/over &
for i in $(seq 100); do echo $2 > $1; echo $i > $4/made; echo $3 > $1; done
touch $4/over; wait"""


@needs(freezer_lack)
def freezes_itself(world):
    group = cgroup(world, "freezer")
    trace(world, "sh", "-ec", ITSELF, group.path, *group.freezer(), world.tree)
    end_cgroup(world)


@needs(memory_lack)
def little_memory(world):
    group = cgroup(world, "memory")
    group.limit(world.chance.randrange(24, 49))
    process = world.start("--engine", world.engine, "-d", "deps.json", "-o", "trace.json", "--", "sh", "-c",
                          "find /usr/share /usr/lib > list; ls -lR /usr/include > /dev/null", preexec_fn=group.enter)
    status = world.finish(process)
    if status in (-signal.SIGKILL, 128 + signal.SIGKILL):
        if group.kills() == 0:
            raise Wrong(f"it was killed, and not for want of memory: {world.printed(process)}")
    elif status != 0 and "fptrace:" not in world.printed(process):
        raise Wrong(f"status {status} without a line: {world.printed(process)}")
    end_cgroup(world)


def few_descriptors(world):
    # No shell: it fails by itself where it cannot put a descriptor aside.
    most = world.chance.randrange(8, 40)
    process = world.start("--engine", world.engine, "-d", "deps.json", "--", "cat", "/etc/passwd",
                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most)))
    if world.finish(process) != 0 and "fptrace:" not in world.printed(process):
        raise Wrong(f"status {process.returncode} without a line, with {most} descriptors")


ALL = [kills, signals, signals_to_the_tool, killed, fuse, fuse_stalls, fuse_inside, fuse_massacre,
       fuse_stands_still_and_the_tool_is_killed, fuse_runs, fuse_undelete, frozen, frozen_and_killed, freezes_itself,
       little_memory, few_descriptors]
