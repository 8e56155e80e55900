namespace Fptrace.Steps;

/// <summary>What known tools keep for themselves, so that no step depends on it or makes it for others.</summary>
/// <remarks>
/// docs/ignored.md gives the reason for each entry. The version is part of each step, because a manifest recorded under
/// one list says nothing under another. Whoever changes the list raises the version.
/// </remarks>
public static class DefaultIgnores
{
    /// <summary>The version of the list below. A step that does not use the list has 0.</summary>
    public const int Version = 3;

    internal static readonly DefaultIgnore[] All =
    [
        // npm and what runs on node.
        new("~/.npm/_logs", IgnoredAs.All),
        new("~/.npm/_update-notifier-last-checked", IgnoredAs.All),
        new("~/.npm/_cacache/tmp", IgnoredAs.All),
        new("~/.npm/_cacache", IgnoredAs.Output),
        new("~/.config/configstore/update-notifier-*.json", IgnoredAs.Output),
        new("**/node_modules/.vite-temp", IgnoredAs.All),
        new("**/node_modules/.vite", IgnoredAs.Output),
        new("**/node_modules/.cache", IgnoredAs.Output),

        // Python. CompiledPython handles the files that it compiles.
        new("**/__pycache__", IgnoredAs.Output, IsExact: true),
        new("**/__pycache__/*.pyc", IgnoredAs.Output),
        new("**/__pycache__/*.pyc.[0-9]*", IgnoredAs.Output),
        new(".pytest_cache", IgnoredAs.Output),
        new(".mypy_cache", IgnoredAs.Output),
        new(".ruff_cache", IgnoredAs.Output),
        new("~/.cache/pip", IgnoredAs.Output),

        // .NET.
        new("~/.dotnet/*.dotnetFirstUseSentinel", IgnoredAs.All),
        new("~/.dotnet/*.aspNetCertificateSentinel", IgnoredAs.All),
        new("~/.dotnet/*.toolpath.sentinel", IgnoredAs.All),
        new("~/.dotnet/*.dotnetUserLevelCache", IgnoredAs.All),
        new("~/.dotnet/TelemetryStorageService", IgnoredAs.All),
        new("~/.local/share/NuGet/Migrations", IgnoredAs.All),
        new("~/.local/share/NuGet/http-cache", IgnoredAs.Output),
        new("~/.local/share/NuGet/v3-cache", IgnoredAs.Output),
        new("~/.local/share/NuGet/plugins-cache", IgnoredAs.Output),
        new("~/.local/share/CSharpier", IgnoredAs.All),
        new("/**/NuGetScratch*", IgnoredAs.All),
        new("/tmp/MSBuildTemp*", IgnoredAs.All),
        new("/**/MSBuildTemp??????", IgnoredAs.All),
        new("clr-debug-pipe-*-*-in", IgnoredAs.All),
        new("clr-debug-pipe-*-*-out", IgnoredAs.All),
        new("dotnet-diagnostic-*-*-socket", IgnoredAs.All),
        new("/tmp/.dotnet", IgnoredAs.All),
        new("/tmp/????????-????-????-????-????????????", IgnoredAs.Output, IsExact: true),

        // Go.
        new("~/.cache/go-build/trim.txt", IgnoredAs.All),
        new("~/.cache/go-build", IgnoredAs.Output),
        new("~/.config/go/telemetry/local", IgnoredAs.All),
        new("~/.config/go/telemetry/upload*", IgnoredAs.All),
        new("~/.config/go/telemetry/debug", IgnoredAs.All),
        new("~/.config/go/telemetry", IgnoredAs.Output),

        // Compiler caches for C and C++.
        new("~/.cache/ccache/tmp", IgnoredAs.All),
        new("~/.cache/ccache", IgnoredAs.Output),
        new("~/.ccache/tmp", IgnoredAs.All),
        new("~/.ccache", IgnoredAs.Output),
        new("~/.cache/sccache", IgnoredAs.Output),

        // Rust.
        new("~/.cargo/.package-cache", IgnoredAs.All),
        new("~/.cargo/.package-cache-mutate", IgnoredAs.All),
        new("~/.cargo/.global-cache*", IgnoredAs.All),
        new("/**/.package-cache", IgnoredAs.All),
        new("/**/.package-cache-mutate", IgnoredAs.All),
        new("/**/.global-cache*", IgnoredAs.All),

        // Java.
        new("/tmp/hsperfdata_*", IgnoredAs.All),
        new("~/.m2/repository/**/resolver-status.properties", IgnoredAs.Output),
        new("~/.m2/repository/**/_remote.repositories", IgnoredAs.Output),
        new("~/.m2/repository/**/*.lastUpdated", IgnoredAs.Output),
        new("~/.gradle/daemon", IgnoredAs.Output),
        new("~/.gradle/notifications", IgnoredAs.Output),
        new("~/.gradle/caches", IgnoredAs.Output),

        // Marks that a tool was used. A program sees them when it lists the home directory, as do those that look
        // through all directories above a project.
        new("~/.aspnet", IgnoredAs.Name, IsExact: true),
        new("~/.bash_history", IgnoredAs.Name, IsExact: true),
        new("~/.cache", IgnoredAs.Name, IsExact: true),
        new("~/.cargo", IgnoredAs.Name, IsExact: true),
        new("~/.config", IgnoredAs.Name, IsExact: true),
        new("~/.dotnet", IgnoredAs.Name, IsExact: true),
        new("~/.gradle", IgnoredAs.Name, IsExact: true),
        new("~/.java", IgnoredAs.Name, IsExact: true),
        new("~/.lesshst", IgnoredAs.Name, IsExact: true),
        new("~/.local", IgnoredAs.Name, IsExact: true),
        new("~/.m2", IgnoredAs.Name, IsExact: true),
        new("~/.npm", IgnoredAs.Name, IsExact: true),
        new("~/.nuget", IgnoredAs.Name, IsExact: true),
        new("~/.python_history", IgnoredAs.Name, IsExact: true),
        new("~/.templateengine", IgnoredAs.Name, IsExact: true),
        new("~/.viminfo", IgnoredAs.Name, IsExact: true),
        new("~/.wget-hsts", IgnoredAs.Name, IsExact: true),
    ];
}
