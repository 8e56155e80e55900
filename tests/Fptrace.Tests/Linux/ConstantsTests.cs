using System.Runtime.InteropServices;
using Fptrace.Support;
using Xunit.Abstractions;

namespace Fptrace.Linux;

/// <summary>Fptrace.Linux mirrors C: gcc is asked whether every constant, size and offset is what C says.</summary>
public sealed class ConstantsTests(ITestOutputHelper output)
{
    // Not sys/ptrace.h and linux/fcntl.h: they declare again what linux/ptrace.h and fcntl.h declare.
    private const string Headers = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <stdint.h>
        #include <stdio.h>
        #include <elf.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <sched.h>
        #include <signal.h>
        #include <unistd.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #if defined(__x86_64__)
        #include <sys/reg.h>
        #endif
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/statfs.h>
        #include <sys/syscall.h>
        #include <sys/uio.h>
        #include <sys/un.h>
        #include <sys/user.h>
        #include <sys/wait.h>
        #include <linux/audit.h>
        #include <linux/capability.h>
        #include <linux/filter.h>
        #include <linux/fs.h>
        #include <linux/kcmp.h>
        #include <linux/magic.h>
        #include <linux/mount.h>
        #include <linux/net.h>
        #include <linux/openat2.h>
        #include <linux/ptrace.h>
        #include <linux/sched.h>
        #include <linux/seccomp.h>

        """;

    [SkippableFact]
    public void EveryConstantSizeAndOffsetIsWhatCSays()
    {
        Requires.Program("gcc");
        Requires.That(File.Exists("/usr/include/linux/seccomp.h"), "needs the headers of the kernel");
        Assert.Empty(CCompiler.Errors(Headers));
        List<Claim> claims = HeaderClaims.All();
        Assert.NotEmpty(claims);

        HashSet<Claim> unknown =
            [.. Rejected(claims, (claim, index) => $"long probe{index}(void) {{ return (long)({claim.Probe}); }}")
                .Select(error => error.Claim)];
        output.WriteLine(
            $"{claims.Count - unknown.Count} of {claims.Count} claims checked. Unknown to the installed headers:");
        foreach (Claim claim in unknown)
        {
            output.WriteLine($"  {claim.Name}");
        }

        Assert.True(unknown.Count < claims.Count / 4, "Most of Fptrace.Linux must be known to the headers.");
        List<Claim> known = [.. claims.Where(claim => !unknown.Contains(claim))];
        Assert.Empty(Rejected(known, (claim, _) => $"_Static_assert({claim.Assertion}, \"{claim.Name}\");")
            .Select(error => $"{error.Claim.Assertion}: {error.Text}"));
    }

    [SkippableTheory]
    [InlineData(Architecture.X64, "x86_64-linux-gnu-gcc")]
    [InlineData(Architecture.Arm64, "aarch64-linux-gnu-gcc")]
    public void WhatDiffersPerArchitecture_IsWhatItsCompilerSays(Architecture architecture, string compiler)
    {
        Requires.Program(compiler);
        string claims = string.Join('\n', HeaderClaims.Of(architecture)
            .Select(claim => $"_Static_assert({claim.Assertion}, \"{claim.Name}\");"));
        Assert.Contains("SYS_kcmp", claims, StringComparison.Ordinal);
        Assert.Empty(CCompiler.Errors(Headers + claims + "\n", compiler));
    }

    /// <summary>Puts each claim on a line of its own, so that the line of an error names the claim.</summary>
    private static List<(Claim Claim, string Text)> Rejected(List<Claim> claims, Func<Claim, int, string> line)
    {
        int first = Headers.Count(c => c == '\n') + 1;
        string program = Headers + string.Join('\n', claims.Select(line)) + "\n";
        List<(int Line, string Text)> errors = CCompiler.Errors(program);
        Assert.All(errors, error => Assert.True(error.Line >= first, error.Text));
        return [.. errors.Select(error => (claims[error.Line - first], error.Text))];
    }
}
