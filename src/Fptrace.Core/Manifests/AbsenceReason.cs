using Fptrace.Linux.Headers;
using Fptrace.Model;

namespace Fptrace.Manifests;

/// <summary>Why a lookup finds nothing, where it is not simply that nothing stands there. Programs tell these apart,
/// and so do their messages.</summary>
internal static class AbsenceReason
{
    private const string Usual = "ENOENT";

    /// <summary>The name on disk of an errno value; null of one that no manifest holds.</summary>
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

    /// <summary>The same where the usual reason has a name, too.</summary>
    public static string NameOfAny(int error) => Name(error) ?? Usual;

    public static int? ParseAny(string name) => name == Usual ? 0 : Parse(name);

    /// <summary>In words.</summary>
    public static string Words(int error) => error switch
    {
        errno.EACCES => "no permission",
        errno.ENOTDIR => "a file on the way",
        errno.ENAMETOOLONG => "the name is too long",
        _ => "nothing there",
    };
}
