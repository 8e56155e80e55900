namespace Fptrace.Steps;

/// <summary>The names of variables that count in <see cref="EnvironmentMode.Listed"/>, and which names can be
/// given.</summary>
public static class TrackedEnvironment
{
    /// <summary>What decides which programs run, how they speak, and where compilers look without being told.</summary>
    public static IReadOnlyList<string> Defaults { get; } =
    [
        "AR", "AS", "CC", "CFLAGS", "COMPILER_PATH", "CPATH", "CPLUS_INCLUDE_PATH", "CPP", "CPPFLAGS", "CXX",
        "CXXFLAGS", "C_INCLUDE_PATH",
        "GCC_EXEC_PREFIX", "LANG", "LANGUAGE", "LC_*", "LD", "LDFLAGS", "LD_*", "LIBRARY_PATH",
        "OBJC_INCLUDE_PATH", "PATH",
        "SOURCE_DATE_EPOCH", "TZ",
    ];

    /// <summary>Whether a name may be tracked: no '=', no NUL, '*' at the end only.</summary>
    public static bool IsValidName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int star = name.IndexOf('*', StringComparison.Ordinal);
        return name.Length > 0 && name.AsSpan().IndexOfAny('=', '\0') < 0 && (star < 0 || star == name.Length - 1);
    }
}
