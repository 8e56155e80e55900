using Fptrace.Linux.Processes;
using Fptrace.Manifests.Format;
using Fptrace.Model;
using Fptrace.Steps;
using Fptrace.Tracing.Proc;

namespace Fptrace.Commands.Steps;

/// <summary>Finds steps as users name them: by their command, in this directory.</summary>
internal sealed class StepSearch
{
    private readonly ByteString _directory = new(OwnProcess.WorkingDirectory());
    private readonly ByteString _root;

    /// <param name="root">--root DIR; null: as <c>fptrace run</c> finds it.</param>
    /// <exception cref="FptraceException">It is no directory, or the configuration is wrong.</exception>
    public StepSearch(string? root) =>
        _root = StepRoot.Find(root ?? ConfigFile.Find(_directory.ToString())?.Root, _directory);

    public ByteString Root => _root;

    /// <summary>Where the manifests of the root are.</summary>
    public ManifestFolder Folder => new(ManifestFile.DefaultDirectory(_root));

    /// <param name="words">How many words at the end of our own command line are the command.</param>
    /// <returns>The last one used first.</returns>
    public KnownStep[] Of(int words) =>
        [.. Folder.Steps(Command(words), _directory).OrderByDescending(known => known.UsedNs)];

    /// <summary>Why there is none, and who tells which there are.</summary>
    public string WhyNone(int words) => MissingManifest.Explain(
        new StepIdentity { Command = Command(words), Directory = _directory, Root = _root },
        RootsAround(_root, _directory)) + "; fptrace list tells all";

    /// <summary>The folders of the roots that a step in this directory is likely to have had under other
    /// options.</summary>
    public static string[] RootsAround(ByteString root, ByteString directory) =>
        [ManifestFile.DefaultDirectory(root), ManifestFile.DefaultDirectory(directory),
            ManifestFile.DefaultDirectory(StepRoot.Find(null, directory))];

    private static ByteString[] Command(int words) =>
        [.. StartWords.LastArguments(words).Select(word => new ByteString(word))];
}
