using Fptrace.Interop;
using Fptrace.Manifests;
using Fptrace.Model;

namespace Fptrace.Commands;

/// <summary><c>fptrace forget</c>: removes manifests, so that their steps run again.</summary>
internal static class ForgetCommand
{
    /// <summary>Exit code when something that was named is left.</summary>
    public const int IsLeft = 1;

    /// <param name="args">What follows the verb.</param>
    /// <param name="output">stdout.</param>
    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public static int Run(IReadOnlyList<string> args, TextWriter output)
    {
        if (new ForgetOptionTable().Read(args) is not { } options)
        {
            output.Write(ForgetHelp.Text);
            return 0;
        }

        if (options.Manifests.Count > 0)
        {
            return ForgetNamed(options.Manifests, output);
        }

        var directory = new ByteString(OwnProcess.WorkingDirectory());
        ByteString root = StepRoot.Find(options.Root ?? ConfigFile.Find(directory.ToString())?.Root, directory);
        (int forgotten, int left) = new ManifestFolder(ManifestFile.DefaultDirectory(root)).Forget(options.Age, ofOthers: true);
        output.WriteLine($"{Count(forgotten)} forgotten, {left} left");
        return 0;
    }

    private static int ForgetNamed(IReadOnlyList<string> manifests, TextWriter output)
    {
        // All are looked at before the first is removed: a word too many must not cost a file.
        if (manifests.FirstOrDefault(path => !ManifestFile.IsManifest(path)) is { } other)
        {
            throw Usage.Error($"{other} is no manifest of fptrace; name those that are in .fptrace, or that --manifest has made");
        }

        string[] left = [.. manifests.Where(path => !ManifestFile.TryForget(path))];
        foreach (string path in left)
        {
            output.WriteLine($"{path} is left: its command runs now, or the directory may not be written to");
        }

        output.WriteLine($"{Count(manifests.Count - left.Length)} forgotten");
        return left.Length == 0 ? 0 : IsLeft;
    }

    private static string Count(int number) => number == 1 ? "1 manifest" : $"{number} manifests";
}
