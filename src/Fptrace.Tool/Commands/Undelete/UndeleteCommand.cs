using System.Globalization;
using Fptrace.Commands.CommandLine;
using Fptrace.Keeping;
using Fptrace.Linux.Processes;
using Fptrace.Model;
using Fptrace.Output;

namespace Fptrace.Commands.Undelete;

/// <summary><c>fptrace undelete</c>: puts back what <c>-u</c> kept.</summary>
internal static class UndeleteCommand
{
    /// <summary>Exit code when a name was not put back.</summary>
    public const int IsLeft = 1;

    public static int Run(UndeleteOptions options, TextWriter output)
    {
        try
        {
            return ListOrPutBack(options, output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Usage.Error($"{options.Directory} cannot be used: {e.Message}");
        }
    }

    private static int ListOrPutBack(UndeleteOptions options, TextWriter output)
    {
        ByteString[] asked = [.. options.Paths.Select(Absolute)];
        KeptName[] names = [.. (KeepIndex.Read(options.Directory)
            ?? throw Usage.Error($"{options.Directory} is no directory of fptrace -u: it has no index.jsonl"))
            .Where(name => asked.Length == 0 || asked.Any(path => Names(path, name)))];
        if (asked.FirstOrDefault(path => !names.Any(name => Names(path, name))) is { IsEmpty: false } none)
        {
            throw Usage.Error($"{none} is not kept in {options.Directory}; fptrace undelete --list tells what is");
        }

        if (options.Lists)
        {
            foreach (KeptName name in names)
            {
                output.WriteLine(Line(name));
            }

            return 0;
        }

        int left = 0;
        using var restoration = new Restoration(options.Directory);
        restoration.PutBack(names, (name, why) =>
        {
            left += why is null ? 0 : 1;
            output.WriteLine(why is null
                ? $"{Shown(name.Path)} is put back"
                : $"{Shown(name.Path)} is not put back: {why}");
        });
        return left == 0 ? 0 : IsLeft;
    }

    private static string Line(KeptName name)
    {
        DateTimeOffset time = DateTimeOffset.UnixEpoch.AddTicks(name.KeptNs / 100);
        string mode = Convert.ToString(name.Mode, 8).PadLeft(4, '0');
        string id = name.Id.ToString(CultureInfo.InvariantCulture);
        return $"{id} {time.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)} "
            + $"{AccessWords.Of(name.Type)} {mode} {Shown(name.Path)}";
    }

    // A name may hold anything; each has a line.
    private static string Shown(ByteString path) => ShellWords.Join([path]);

    private static ByteString Absolute(string path)
    {
        ByteString given = ByteString.Parse(path);
        ReadOnlySpan<byte> name = given.Span.TrimEnd((byte)'/');
        return new ByteString(path.StartsWith('/')
            ? name
            : [.. OwnProcess.WorkingDirectory(), (byte)'/', .. name]);
    }

    private static bool Names(ByteString asked, KeptName name) =>
        PathNesting.IsAtOrBelow(name.Path.Span, asked.Span);
}
