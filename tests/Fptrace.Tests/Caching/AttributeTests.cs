using Fptrace.Engine;
using Fptrace.Support;

namespace Fptrace.Caching;

/// <summary>Owners, capabilities and extended attributes that a command sets count, and are not cached; files with
/// holes keep them.</summary>
public sealed class AttributeTests : IDisposable
{
    private const string SetAttribute = "import os; os.setxattr('o', 'user.kind', b'1')";
    private readonly CachedRun _run = new();

    [SkippableFact]
    public void Capabilities_OfAnOutput_CountAndAreNotCached()
    {
        Requires.Program("setcap");
        Requires.That(Works("cp /bin/true probe && setcap cap_net_raw+ep probe"),
            "needs the right to set capabilities");
        string[] command = ["sh", "-c", "cp /bin/true o; setcap cap_net_raw+ep o"];

        AssertNotCached("has file capabilities", command);
        Works("setcap -r o");
        AssertRunsAgain(command);

        // The file has them already, and that it has is this step's work too.
        AssertNotCached("has file capabilities", "setcap", "cap_net_raw=ep", "o");
        Works("setcap -r o");
        AssertRunsAgain("setcap", "cap_net_raw=ep", "o");
    }

    [SkippableTheory]
    [InlineData("open('o', 'w'); ")]
    [InlineData("os.mkdir('o'); ")]
    [InlineData("open('n', 'w'); os.rename('n', 'o'); ")]
    public void ExtendedAttribute_OfAnOutput_CountsAndIsNotCached(string make)
    {
        RequireAttributes();
        string[] command = ["python3", "-c", "import os; " + make + SetAttribute];

        AssertNotCached("has the extended attribute user.kind", command);
        Works("python3 -c \"import os; os.removexattr('o', 'user.kind')\"");
        Assert.Equal("output's owner or attributes changed: o\n", Explain());
    }

    [SkippableFact]
    public void Owner_OtherThanTheUsers_CountsAndIsNotCached()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root to give a file away");
        string[] command = ["sh", "-c", "echo > o; chown 1234:4321 o"];

        AssertNotCached("belongs to another user or group", command);
        Works("chown 0:0 o");
        AssertRunsAgain(command);
    }

    [SkippableFact]
    public void Owner_SetBackToTheUsualOne_CountsToo()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root to give a file away");
        Works("echo > o; chown 1234:4321 o");
        string[] command = ["chown", "0:0", "o"];

        CachedRun.AssertRan(_run.Run(command));
        CachedRun.AssertSkipped(_run.Run(command));
        Works("chown 1234:4321 o");

        // A file out of the store has the usual owner as well.
        Assert.DoesNotContain("up to date", _run.Run(command).Error, StringComparison.Ordinal);
        Assert.True(Works("test $(stat -c %u o) = 0"));
    }

    [SkippableFact]
    public void Group_OfADirectoryThatHandsItDown_IsUsual()
    {
        Requires.That(Environment.IsPrivilegedProcess, "needs root to give a directory away");
        Works("mkdir d; chgrp 1234 d; chmod g+s d");
        string[] command = ["sh", "-c", "echo > d/o; chmod 644 d/o"];
        Assert.DoesNotContain("fptrace: not cached", _run.Run(command).Error, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void AccessControlList_SetByTheCommand_IsNotCachedAndAHandedDownOneIs()
    {
        RequireAttributes();

        // user::rw-, user:1234:r--, group::r--, mask::r--, other::r--
        const string List =
            "bytes.fromhex('02000000 01000600ffffffff 02000400d2040000 04000400ffffffff 10000400ffffffff "
                + "20000400ffffffff')";
        Requires.That(
            Works($"python3 -c \"import os; os.mkdir('d'); os.setxattr('d', 'system.posix_acl_default', {List})\""),
            "needs a file system with access control lists");

        Assert.DoesNotContain("fptrace: not cached",
            _run.Run("sh", "-c", "echo > d/o; chmod 600 d/o; mkdir d/d; chmod 755 d/d").Error,
            StringComparison.Ordinal);
        AssertNotCached("has an access control list", "python3", "-c",
            $"import os; open('o', 'w'); os.setxattr('o', 'system.posix_acl_access', {List})");
    }

    [SkippableFact]
    public void FileWithHoles_KeepsThemInTheStoreAndOnRestoration()
    {
        const string Script =
            "truncate -s 20M o; printf middle | dd of=o bs=1 seek=9000001 conv=notrunc 2> /dev/null; truncate -s "
                + "30000001 o";
        Requires.That(
            Works(Script.Replace(" o", " probe", StringComparison.Ordinal).Replace("of=o", "of=probe",
                StringComparison.Ordinal)) && Blocks(_run.At("probe")) < 1000, "needs a file system with holes");
        CachedRun.AssertRan(_run.Run("sh", "-c", Script));
        byte[] made = File.ReadAllBytes(_run.At("o"));
        File.Delete(_run.At("o"));

        CachedRun.AssertHit(_run.Run("sh", "-c", Script));

        Assert.True(made.AsSpan().SequenceEqual(File.ReadAllBytes(_run.At("o"))));
        Assert.InRange(Blocks(_run.At("o")), 1, 999);
        string blob = Directory.EnumerateFiles(Path.Combine(_run.Store, "v2", "cas"), "*", SearchOption.AllDirectories)
            .Single(file => new FileInfo(file).Length == made.Length);
        Assert.InRange(Blocks(blob), 1, 999);
        _run.AssertSound();
    }

    public void Dispose() => _run.Dispose();

    private void RequireAttributes()
    {
        Requires.Program("python3");
        Requires.That(
            Works(
                "python3 -c \"import os; open('probe', 'w'); os.setxattr('probe', 'user.kind', b'1')\"; x=$?; rm "
                    + "probe; exit $x"), "needs a file system with extended attributes");
    }

    private void AssertNotCached(string words, params string[] command)
    {
        CommandResult result = _run.Run(command);
        CachedRun.AssertRan(result);
        Assert.Contains($"fptrace: not cached: output o {words}, which the cache does not keep\n", result.Error,
            StringComparison.Ordinal);
        CachedRun.AssertSkipped(_run.Run(command));
    }

    private void AssertRunsAgain(params string[] command)
    {
        Assert.Contains("fptrace: run: output's owner or attributes changed: o", _run.Run(command).Error,
            StringComparison.Ordinal);
        CachedRun.AssertSkipped(_run.Run(command));
    }

    private string Explain() =>
        CommandRunner.Run(_run.Root,
            ["sh", "-c", "\"$@\" explain .fptrace/*.json", "sh", .. FptraceExecutable.Command]).Output;

    private bool Works(string script) => CommandRunner.Run(_run.Root, ["sh", "-c", script]).ExitCode == 0;

    private long Blocks(string file) =>
        long.Parse(CommandRunner.Run(_run.Root, ["stat", "-c", "%b", file]).Output,
            System.Globalization.CultureInfo.InvariantCulture);
}
