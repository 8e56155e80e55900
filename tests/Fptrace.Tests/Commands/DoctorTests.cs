using System.Text.Json;
using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Commands;

/// <summary>fptrace doctor says what a trace meets.</summary>
public sealed class DoctorTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [SkippableFact]
    public void Machine_WhereTracingWorks_HasTheEngineThatATraceTakes()
    {
        using JsonDocument found = Doctor(0);
        CommandResult traced = Fptrace([], "-o", "-", "true");
        Assert.Contains($"\"engine\":\"{Text(found, "engine")}\"", traced.Output, StringComparison.Ordinal);
        Assert.True(found.RootElement.GetProperty("works").GetBoolean());
        Assert.Equal(Fptrace([], "--version").Output, $"fptrace {Text(found, "version")}\n");
        string release = File.ReadAllText("/proc/sys/kernel/osrelease").Trim();
        Assert.Equal(release, Text(found, "kernel"));
        Assert.StartsWith(FptraceExecutable.IsNative ? "native" : "portable", Text(found, "runtime"),
            StringComparison.Ordinal);
    }

    [SkippableTheory]
    [InlineData("deny-seccomp", "syscall", "seccomp filter")]
    [InlineData("kill-seccomp", "syscall", "seccomp filter")]
    [InlineData("listener", "ptrace", "seccomp user notification")]
    [InlineData("deny-memory", "best", "process_vm_readv")]
    [InlineData("deny-statx", "best", "statx")]
    [InlineData("linux-5.0", null, "openat2")]
    [InlineData("linux-5.0", null, "pidfd_open")]
    public void Sandbox_LeavesAnEngine_WhatItDeniesIsMissed(string sandbox, string? engine, string missed)
    {
        using JsonDocument found = Doctor(0, TestPrograms.Path("sandbox"), sandbox);
        Assert.Contains(missed, Missed(found));
        Assert.Equal(engine switch { null => Text(found, "engine"), "best" => Engines.Best, _ => engine },
            Text(found, "engine"));
        Assert.NotEqual(engine is not null and not "best", Text(found, "reason") == "the fastest");

        // The sandbox makes the difference.
        using JsonDocument outside = Doctor(0);
        Assert.DoesNotContain(missed, Missed(outside));
    }

    [SkippableFact]
    public void Sandbox_ThatDeniesPtrace_IsSaidWithTheRemedy()
    {
        using JsonDocument found = Doctor(ExitCodes.TracingDenied, TestPrograms.Path("sandbox"), "deny-ptrace");
        Assert.Equal(JsonValueKind.Null, found.RootElement.GetProperty("engine").ValueKind);
        Assert.Contains("ptrace", Missed(found));
        CommandResult traced = Fptrace([TestPrograms.Path("sandbox"), "deny-ptrace"], "-o", "-", "true");
        Assert.Equal(traced.Error, $"fptrace: {Text(found, "reason")}\n");
    }

    [SkippableFact]
    public void Machine_WithoutProc_IsSaid()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to make mounts of its own");
        Requires.Program("unshare");
        Skip.IfNot(FptraceExecutable.IsNative, "an installed runtime does not start without /proc");
        using JsonDocument found = Doctor(ExitCodes.TracingDenied, "unshare", "-m", "sh", "-c",
            "mount -t tmpfs none /proc && exec \"$@\"", "sh");
        Assert.Contains("/proc", Missed(found));
        Assert.StartsWith("/proc does not show this process", Text(found, "reason"), StringComparison.Ordinal);
    }

    /// <summary>The traced program's links are another process's then, and a trace would name wrong files.</summary>
    [SkippableFact]
    public void Proc_OfAnotherPidNamespace_IsNoPlaceToTrace()
    {
        Requires.Program("unshare");
        string[] around = ["unshare", "-r", "--pid", "--fork"];
        Requires.That(CommandRunner.Run("/", [.. around, "true"]).ExitCode == 0, "needs user namespaces");
        using JsonDocument found = Doctor(ExitCodes.TracingDenied, around);
        Assert.Contains("/proc", Missed(found));
    }

    [SkippableFact]
    public void OrdinaryUser_TracesWithNoNewPrivileges()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root, to become another user");
        _ = CommandRunner.Run("/", ["chmod", "-R", "a+rX", Path.GetDirectoryName(_directory.Work)!]);
        using JsonDocument found = Doctor(0, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env",
            "HOME=/proc");
        Assert.Superset(new HashSet<string> { "CAP_SYS_PTRACE", "no_new_privs", "cache directory" },
            Missed(found).ToHashSet());
    }

    [SkippableFact]
    public void Words_AreTheSameByVersion()
    {
        CommandResult doctor = Fptrace([], "doctor");
        CommandResult version = Fptrace([], "--version", "--verbose");
        Assert.Equal((doctor.Output, doctor.ExitCode), (version.Output, version.ExitCode));
        Assert.StartsWith(Fptrace([], "--version").Output, doctor.Output, StringComparison.Ordinal);
    }

    private static string Text(JsonDocument found, string name) => found.RootElement.GetProperty(name).GetString()!;

    private static string[] Missed(JsonDocument found)
    {
        JsonElement[] missed = [.. found.RootElement.GetProperty("findings").EnumerateArray()
            .Where(finding => finding.GetProperty("state").GetString() == "missed")];
        Assert.All(missed, finding => Assert.NotEmpty(finding.GetProperty("remedy").GetString()!));
        return [.. missed.Select(finding => finding.GetProperty("name").GetString()!)];
    }

    private JsonDocument Doctor(int status, params string[] around)
    {
        CommandResult result = Fptrace(around, "doctor", "--json");
        Requires.That(result.ExitCode != TestProgram.Unsupported, "needs seccomp");
        Requires.That(result.ExitCode == status || status != 0, "needs tracing: " + result.Output + result.Error);
        Assert.Equal((status, ""), (result.ExitCode, result.Error));
        return JsonDocument.Parse(result.Output);
    }

    private CommandResult Fptrace(string[] around, params string[] words) =>
        CommandRunner.Run(_directory.Work, [.. around, .. FptraceExecutable.Command, .. words]);
}
