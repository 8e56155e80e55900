using Fptrace.Linux.Headers;

namespace Fptrace.Manifests;

/// <summary>Why a lookup finds nothing.</summary>
/// <remarks>Programs act and print differently for different errors, so another error is a difference.</remarks>
internal static class AbsenceReason
{
    private const string Usual = "ENOENT";

    /// <summary>The stored name of an errno value; null for ENOENT and for errors that no manifest holds.</summary>
    public static string? Name(int error) => error switch
    {
        errno.EACCES => "EACCES",
        errno.ENOTDIR => "ENOTDIR",
        errno.ENAMETOOLONG => "ENAMETOOLONG",
        _ => null,
    };

    public static int? Parse(string name) => name switch
    {
        "EACCES" => errno.EACCES,
        "ENOTDIR" => errno.ENOTDIR,
        "ENAMETOOLONG" => errno.ENAMETOOLONG,
        _ => null,
    };

    /// <summary>The name of any error, ENOENT included.</summary>
    public static string NameOfAny(int error) => Name(error) ?? Usual;

    public static int? ParseAny(string name) => name == Usual ? 0 : Parse(name);

    /// <summary>The error in words.</summary>
    public static string Words(int error) => error switch
    {
        errno.EACCES => "no permission",
        errno.ENOTDIR => "a file on the way",
        errno.ENAMETOOLONG => "the name is too long",
        _ => "nothing there",
    };
}
