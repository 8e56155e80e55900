using System.Text;
using Fptrace.Engine;
using Fptrace.Manifests;
using Fptrace.Manifests.Format;
using Fptrace.Model;

namespace Fptrace.Steps;

/// <summary>What of an environment counts, and what a command gets of it.</summary>
public sealed class StepEnvironmentTests : IDisposable
{
    private readonly WorkDirectory _directory = new();

    [Theory]
    [InlineData("FOO=1", "FOO=2", "FOO changed")]
    [InlineData("FOO=1", "", "FOO is no longer set")]
    [InlineData("", "FOO=1", "FOO is now set")]
    [InlineData("HOME=/a", "HOME=/b", "HOME changed")]
    [InlineData("FOO=", "FOO", "FOO changed")]
    [InlineData("=1", "=2", "a variable without a name changed")]
    [InlineData("SHLVL=1", "SHLVL=2", "")]
    [InlineData("KITTY_PID=1", "", "")]
    [InlineData("DISPLAY=:0", "DISPLAY=:1", "")]
    [InlineData("DISPLAY=:0", "", "DISPLAY is no longer set")]
    [InlineData("GITHUB_RUN_ID=1", "GITHUB_RUN_ID=2", "")]
    [InlineData("GITHUB_RUN_NUMBER=1", "GITHUB_RUN_NUMBER=2", "GITHUB_RUN_NUMBER changed")]
    [InlineData("GITHUB_SHA=1", "GITHUB_SHA=2", "GITHUB_SHA changed")]
    [InlineData("npm_package_version=1", "npm_package_version=2", "npm_package_version changed")]
    [InlineData("MSBuildLoadMicrosoftTargetsReadOnly=true", "", "")]
    [InlineData("MSBuildLoadMicrosoftTargetsReadOnly=true", "MSBuildLoadMicrosoftTargetsReadOnly=false",
        "MSBuildLoadMicrosoftTargetsReadOnly is now set")]
    [InlineData("MAKEFLAGS= -j4 --jobserver-auth=3,4 -- CONFIG=a",
        "MAKEFLAGS= -j8 --jobserver-auth=fifo:/tmp/GMfifo7 -- CONFIG=a", "")]
    [InlineData("MAKEFLAGS= -j4 --jobserver-auth=3,4", "MAKEFLAGS=", "")]
    [InlineData("MAKEFLAGS=w -j4", "MAKEFLAGS=kw -j4", "MAKEFLAGS changed")]
    [InlineData("MAKEFLAGS= -- CONFIG=a", "MAKEFLAGS= -- CONFIG=b", "MAKEFLAGS changed")]
    [InlineData("MAKEFLAGS= -- A=x\\ -j1", "MAKEFLAGS= -- A=x\\ -j2", "MAKEFLAGS changed")]
    [InlineData("CARGO_MAKEFLAGS=-j --jobserver-fds=8,9 --jobserver-auth=8,9",
        "CARGO_MAKEFLAGS=-j --jobserver-fds=5,6 --jobserver-auth=5,6", "")]
    [InlineData("PWD=/elsewhere", "PWD=/nowhere", "")]
    public void ModeAll_CountsAllButWhatTheListNames(string old, string now, string reason) =>
        Assert.Equal(reason, Difference(Step(), [old], [now]));

    [Fact]
    public void ModeAll_SecondEntryOfAName_Counts()
    {
        Assert.Equal("FOO changed", Difference(Step(), ["FOO=1", "FOO=2"], ["FOO=1", "FOO=3"]));
        Assert.Equal("FOO changed", Difference(Step(), ["FOO=1", "FOO=2"], ["FOO=2", "FOO=1"]));
        Assert.Equal("FOO changed", Difference(Step(), ["FOO=1", "FOO=2"], ["FOO=1"]));
    }

    [Fact]
    public void ModeAll_ValueThatIsNoText_Counts() =>
        Assert.Equal("FOO changed", Difference(Step(), [new ByteString("FOO=\xff"u8)], [new ByteString("FOO=\xfe"u8)]));

    [Fact]
    public void ModeAll_LogicalDirectory_Counts()
    {
        Directory.CreateSymbolicLink(_directory.Path("link"), _directory.Work);
        Assert.Equal("PWD is now set",
            Difference(Step(), [$"PWD={_directory.Work}"], [$"PWD={_directory.Path("link")}"]));
        Assert.Equal("", Difference(Step(), [], [$"PWD={_directory.Work}"]));
    }

    [Fact]
    public void ModeAll_UserDecides_WhatCountsOfKnownVariables()
    {
        Assert.Equal("", Difference(Step() with { EnvironmentIgnore = ["FOO*"] }, ["FOOD=1"], ["FOOD=2"]));
        Assert.Equal("FOOD changed",
            Difference(Step() with { EnvironmentIgnore = ["FOO*"], Environment = ["FOOD"] }, ["FOOD=1"], ["FOOD=2"]));
        Assert.Equal("GITHUB_RUN_ID changed",
            Difference(Step() with { Environment = ["GITHUB_RUN_ID"] }, ["GITHUB_RUN_ID=1"], ["GITHUB_RUN_ID=2"]));
        Assert.Equal("SHLVL changed", Difference(Step() with { Environment = ["SHLVL"] }, ["SHLVL=1"], ["SHLVL=2"]));
    }

    [Fact]
    public void ModeAll_CommandGetsNothingThatIsWithheld() => Assert.Equal(
        ["A=1", "A=0", "B=2", "DISPLAY=:0", $"PWD={_directory.Work}"],
        Given(Step(), "SHLVL=3", "B=2", "_=/bin/env", "DISPLAY=:0", "A=1", "TERM_PROGRAM=x", "A=0", "OLDPWD=/"));

    [Fact]
    public void ModeAll_WithheldVariableThatTheUserNames_ReachesTheCommand() => Assert.Equal(
        [$"PWD={_directory.Work}", "SHLVL=3", "TMUX=1"],
        Given(Step() with { Environment = ["SHLVL"], EnvironmentIgnore = ["TMUX"] }, "SHLVL=3", "TMUX=1", "_=x"));

    [Fact]
    public void ModeStrict_CommandGetsWhatIsListed()
    {
        StepIdentity step = Step() with
        {
            EnvironmentMode = EnvironmentMode.Strict,
            Environment = ["FOO*", "TERM"],
            EnvironmentPass = ["TOKEN"],
        };
        Assert.Equal(
            ["FOOD=1", "LANG=C.UTF-8", "PATH=/bin", $"PWD={_directory.Work}", "SHELL=/bin/sh", "TERM=xterm", "TOKEN=x"],
            Given(step, "FOOD=1", "BAR=2", "TERM=xterm", "TOKEN=x", "PATH=/bin", "HOME=/root", "PWD=/", "LANG=de_DE"));
        Assert.Equal("FOOD changed", Difference(step, ["FOOD=1", "BAR=1", "TOKEN=1"], ["FOOD=2", "BAR=2", "TOKEN=2"]));
        Assert.Equal("PATH changed", Difference(step, ["PATH=/bin"], ["PATH=/usr/bin"]));
        Assert.Equal("TERM is no longer set", Difference(step, ["TERM=dumb"], []));
    }

    [Fact]
    public void ModeListed_OnlyTheUsualOnesCount()
    {
        StepIdentity step = Step() with { EnvironmentMode = EnvironmentMode.Listed, Environment = ["FLAVOUR"] };
        Assert.Equal("CFLAGS changed", Difference(step, ["CFLAGS=1", "FOO=1"], ["CFLAGS=2", "FOO=2"]));
        Assert.Equal("FLAVOUR is now set", Difference(step, [], ["FLAVOUR=1"]));
        Assert.Equal(["SHLVL=3", "A=1"], Given(step, "SHLVL=3", "A=1"));
    }

    [Fact]
    public void TextOfAnEnvironment_MakesTheDigestsOfItsBytes()
    {
        string[] entries = ["FOO=ä=1", "EMPTY=", "PWD=/x", "SHLVL=1", "XDG_STATE_HOME=" + _directory.Results,
            "MAKEFLAGS=k -j3"];
        var pairs = entries.Select(entry => entry.Split('=', 2))
            .Select(parts => KeyValuePair.Create<string, string?>(parts[0], parts[1])).Append(new("GONE", null));
        Assert.Equal(Of(Step(), entries).Digests.Variables, StepEnvironment.Of(pairs, Step()).Digests.Variables);
        Assert.Equal(Of(Step(), entries).Text, StepEnvironment.Of(pairs, Step()).Text);
    }

    [Fact]
    public void Value_IsNowhereInPlainText()
    {
        var manifest = new Manifest
        {
            Step = Step(),
            ExitCode = 0,
            Environment = Of(Step(), "TOKEN=hush-hush", "=odd").Digests,
        };
        string text = Encoding.UTF8.GetString(ManifestWriter.Write(manifest).Span);
        Assert.Contains("\"TOKEN\": \"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", text, StringComparison.Ordinal);
        Assert.DoesNotContain("odd", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Key_IsTheUsersAlone()
    {
        EnvironmentDigests digests = WithState("a", "FOO=1");
        string file = Path.Combine(_directory.Results, "a/fptrace", EnvironmentKey.Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        Assert.Equal(digests.Variables, WithState("a", "FOO=1").Variables);
        Assert.Single(Directory.GetFiles(Path.GetDirectoryName(file)!));

        EnvironmentDigests other = WithState("b", "FOO=1");
        Assert.NotEqual(digests.Variables[0], other.Variables[0]);
        Assert.Equal("the environment cannot be compared: the secret key of its digests is another",
            Assert.Single(EnvironmentComparison.Compare(digests, other)).Text);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void KeyThatOthersMayUse_IsRefused_AndOneStandsInTheRoot(UnixFileMode mode)
    {
        WithState("a", "FOO=1");
        string file = Path.Combine(_directory.Results, "a/fptrace", EnvironmentKey.Name);
        byte[] refused = File.ReadAllBytes(file);
        File.SetUnixFileMode(file, File.GetUnixFileMode(file) | mode);
        EnvironmentDigests digests = WithState("a", "FOO=1");
        Assert.NotEqual(refused, File.ReadAllBytes(_directory.Path(".fptrace/" + EnvironmentKey.Name)));
        Assert.Equal(digests.Key, WithState("a", "FOO=1").Key);
    }

    /// <summary>What stands in HOME is used, as the user's own key usually does; another HOME gets none made, and the
    /// keys are told apart.</summary>
    [Fact]
    public void KeyInHome_IsUsedAndNeverMadeThere()
    {
        EnvironmentDigests kept = WithState("home/.local/state", "FOO=1");
        StepIdentity step = Step();
        Assert.Equal(kept.Key, Of(step, "FOO=1", $"HOME={_directory.Results}/home").Digests.Key);
        Assert.NotEqual(kept.Key, Of(step, "FOO=1", $"HOME={_directory.Results}/other").Digests.Key);
        Assert.False(Directory.Exists(_directory.Results + "/other"));
    }

    [Fact]
    public void KeyMadeByManyAtOnce_IsOne()
    {
        byte[][] keys = new byte[16][];
        Parallel.For(0, keys.Length,
            i =>
                Assert.True(EnvironmentKey.TryFind(Path.Combine(_directory.Results, "state"),
                    keys[i] = new byte[SipHash.Length])));
        Assert.All(keys, key => Assert.Equal(keys[0], key));
        Assert.NotEqual(new byte[SipHash.Length], keys[0]);
    }

    public void Dispose() => _directory.Dispose();

    private StepIdentity Step() =>
        new() { Command = [ByteString.Parse("make")], Directory = ByteString.Parse(_directory.Work),
            Root = ByteString.Parse(_directory.Work) };

    private EnvironmentDigests WithState(string name, params string[] entries) =>
        Of(Step() with { EnvironmentIgnore = ["XDG_STATE_HOME"] },
            [.. entries, $"XDG_STATE_HOME={_directory.Results}/{name}"]).Digests;

    private static StepEnvironment Of(StepIdentity step, params string[] entries) =>
        StepEnvironment.Of(Bytes(entries), step);

    private static string[] Given(StepIdentity step, params string[] entries) =>
        [.. CommandEnvironment.Of(Bytes(entries), step).Select(entry => entry.ToString())];

    private static ByteString[] Bytes(string[] entries) =>
        [.. entries.Select(entry => new ByteString(Encoding.UTF8.GetBytes(entry)))];

    private string Difference(StepIdentity step, string[] old, string[] now) =>
        Difference(step, Bytes([.. old.Where(entry => entry.Length > 0)]),
            Bytes([.. now.Where(entry => entry.Length > 0)]));

    /// <summary>The reason; and what is one for a manifest is one for the cache.</summary>
    private string Difference(StepIdentity step, ByteString[] old, ByteString[] now)
    {
        ByteString state = ByteString.Parse("XDG_STATE_HOME=" + _directory.Results);
        StepEnvironment before = StepEnvironment.Of([.. old, state], step);
        StepEnvironment after = StepEnvironment.Of([.. now, state], step);
        string reason = string.Join("; ",
            EnvironmentComparison.Compare(before.Digests, after.Digests).Select(difference => difference.Text));
        Assert.Equal(reason.Length == 0,
            Caching.Keys.CacheKey.Environment(before) == Caching.Keys.CacheKey.Environment(after));
        return reason;
    }
}
