namespace Fptrace.Steps;

/// <summary>
/// The variables that count in <see cref="EnvironmentMode.Listed"/>, and which names a user may give.
/// </summary>
public static class TrackedEnvironment
{
    /// <summary>
    /// The variables that decide which programs run, in which language they speak, and where compilers look.
    /// </summary>
    public static IReadOnlyList<string> Defaults { get; } =
    [
        "AR", "AS", "CC", "CFLAGS", "COMPILER_PATH", "CPATH", "CPLUS_INCLUDE_PATH", "CPP", "CPPFLAGS", "CXX",
        "CXXFLAGS", "C_INCLUDE_PATH",
        "GCC_EXEC_PREFIX", "LANG", "LANGUAGE", "LC_*", "LD", "LDFLAGS", "LD_*", "LIBRARY_PATH",
        "OBJC_INCLUDE_PATH", "PATH",
        "SOURCE_DATE_EPOCH", "TZ",
    ];

    /// <summary>Whether a user may list this name: it has no '=', no NUL, and a '*' only at its end.</summary>
    public static bool IsValidName(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        int star = name.IndexOf('*', StringComparison.Ordinal);
        return name.Length > 0 && name.AsSpan().IndexOfAny('=', '\0') < 0 && (star < 0 || star == name.Length - 1);
    }
}
