using System.Text;
using Fptrace.Model;

namespace Fptrace.Tests.Output;

/// <summary>Small traces for outputs.</summary>
internal static class Sample
{
    private static long _order;

    public static ByteString Name(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>One byte for each character, so that names need not be valid UTF-8.</summary>
    public static ByteString Bytes(string latin1) => new(Encoding.Latin1.GetBytes(latin1));

    public static TraceSummary Summary(params IncompleteReason[] reasons) =>
        new("notify", DateTimeOffset.UnixEpoch, 5, 0, new Verdict(reasons));

    public static Execution Execution(
        int id, int parent, string path, IEnumerable<string> arguments, string directory = "/tmp",
        IEnumerable<string>? environment = null) => new()
        {
            Id = id,
            ParentId = parent,
            Pid = 100 + id,
            StartNs = id,
            Directory = Bytes(directory),
            Path = Bytes(path),
            Executable = Bytes(path),
            Arguments = [.. arguments.Select(Bytes)],
            Environment = environment?.Select(Bytes).ToArray(),
        };

    public static Execution With(this Execution execution, params Access[] accesses)
    {
        foreach (Access access in accesses)
        {
            execution.Accesses.Add(access);
        }

        return execution;
    }

    public static Access Access(AccessKind kind, string path, string counterpart = "",
        FileType type = FileType.Regular) =>
        new(Interlocked.Increment(ref _order), 7, kind, Bytes(path), Bytes(counterpart), type,
            Truncates: false, default);

    public static Access[] Rename(string from, string to, FileType type = FileType.Regular)
    {
        // Tests run at the same time, and the two halves must stand together.
        long order = Interlocked.Add(ref _order, 2);
        return
        [
            Access(AccessKind.RenameFrom, from, to, type) with { Order = order - 1 },
            Access(AccessKind.RenameTo, to, from, type) with { Order = order },
        ];
    }

    /// <summary>Gives the accesses the numbers 1, 2, 3...</summary>
    public static Access[] InOrder(params IEnumerable<Access> accesses) =>
        [.. accesses.Select((access, i) => access with { Order = i + 1 })];
}
