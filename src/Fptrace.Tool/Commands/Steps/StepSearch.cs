using Fptrace.Linux.Processes;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Steps;

/// <summary>Finds the steps of a command in the working directory.</summary>
internal sealed class StepSearch
{
    private readonly ByteString _directory = new(OwnProcess.WorkingDirectory());
    private readonly ByteString _root;

    /// <param name="root">--root DIR; null for the root that <c>fptrace run</c> finds.</param>
    /// <exception cref="FptraceException">The root is no directory, or the configuration is wrong.</exception>
    public StepSearch(string? root) =>
        _root = StepRoot.Find(root ?? ConfigFile.Find(_directory.ToString())?.Root, _directory);

    public ByteString Root => _root;

    /// <summary>The folder with the manifests of the root.</summary>
    public ManifestFolder Folder => new(ManifestFile.DefaultDirectory(_root));

    /// <param name="words">How many words at the end of the tool's command line are the command.</param>
    /// <returns>The steps of the command, the last used first.</returns>
    public KnownStep[] Of(int words) =>
        [.. Folder.Steps(Command(words), _directory).OrderByDescending(known => known.UsedNs)];

    /// <summary>Explains that the command has no step here, and how to find out which steps there are.</summary>
    public string WhyNone(int words) => MissingManifest.Explain(
        new StepIdentity { Command = Command(words), Directory = _directory, Root = _root },
        RootsAround(_root, _directory)) + "; fptrace list tells all";

    /// <summary>
    /// The folders of the roots that a step in this directory may have had under other options, the most likely ones.
    /// </summary>
    public static string[] RootsAround(ByteString root, ByteString directory) =>
        [ManifestFile.DefaultDirectory(root), ManifestFile.DefaultDirectory(directory),
            ManifestFile.DefaultDirectory(StepRoot.Find(null, directory))];

    private static ByteString[] Command(int words) =>
        [.. StartWords.LastArguments(words).Select(word => new ByteString(word))];
}
