using Fptrace.Commands.CommandLine;
using Fptrace.Commands.Steps;
using Fptrace.Manifests.Format;

namespace Fptrace.Commands.Forget;

/// <summary><c>fptrace forget</c>: removes manifests, so that their steps run again.</summary>
internal static class ForgetCommand
{
    /// <summary>The exit code when something that was named is left.</summary>
    public const int IsLeft = 1;

    public static int Run(ForgetOptions options, TextWriter output)
    {
        var search = new StepSearch(options.Root);
        if (options.Manifests.Count + options.Command.Count > 0)
        {
            return ForgetNamed([.. options.Manifests, .. Commanded(search, options)], output);
        }

        (int forgotten, int left) = search.Folder.Forget(options.Age);
        output.WriteLine($"{Count(forgotten)} forgotten, {left} left");
        return 0;
    }

    private static string[] Commanded(StepSearch search, ForgetOptions options)
    {
        if (options.Command.Count == 0)
        {
            return [];
        }

        KnownStep[] found = search.Of(options.Command.Count);
        return found.Length > 0
            ? [.. found.Select(known => known.Path)]
            : throw Usage.Error(search.WhyNone(options.Command.Count));
    }

    private static int ForgetNamed(IReadOnlyList<string> manifests, TextWriter output)
    {
        // Look at all files before removing the first one: a word too many must not cost a file.
        if (manifests.FirstOrDefault(path => !ManifestFile.IsManifest(path)) is { } other)
        {
            throw Usage.Error(
                $"{other} is no manifest of fptrace; name those that are in .fptrace, or that --manifest has made, or "
                    + "a command after --");
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
