using Fptrace.Engine;
using Fptrace.Manifests.Format;
using Fptrace.Support;

namespace Fptrace.GeneratedRuns;

/// <summary>Runs a command with the tool again and again, the world being changed between, and compares each skip with
/// the truth.</summary>
/// <remarks>
/// The truth is what the command does untraced in a world that stood as before its last run, with the changes since
/// made to it as well. It stands at the same path meanwhile, for a command may ask where it is. So an archive that is
/// added to, a file that may only be made once, a directory that is there the second time need no exception: a skip
/// stands for the run that made what is there, and what is there must be what that run makes of the changed world. A
/// skip is wrong where the truth prints otherwise, ends otherwise, or leaves another tree than the one that the skip
/// left.
///
/// What does not count by design is neither printed nor changed: times, a new directory outside the root that stays
/// empty. A change that cannot be made to both, as a new name in a directory that the command itself made, gives no
/// verdict and ends the trial.
/// </remarks>
internal sealed class RunTrial : IDisposable
{
    private const string SkipLine = "fptrace: up to date, not run";
    private const int Nobody = 65534;
    private const string HitLine = "fptrace: from the cache, not run";

    private static readonly bool IsRoot = Environment.UserName == "root";

    private readonly WorkDirectory _directory = new();
    private readonly string _place;
    private readonly string _aside;
    private readonly string _inputs;
    private readonly string _manifest;
    private readonly string _cache;
    private readonly string _output;
    private readonly Stage _stage;
    private World _now = new([]);
    private World _before = new([]);
    private World _clean = new([]);
    private World _cleanBefore = new([]);

    // What stood there before each run of the command, and what would have stood there had the command never run.
    private readonly List<(World Before, World Clean)> _begins = [];
    private Change? _undo;
    private Surroundings _around = new(new Dictionary<string, string>(), null, 0);
    private Surroundings _first = new(new Dictionary<string, string>(), null, 0);
    private Dictionary<string, string> _contents = [];
    private string _script = "";
    private bool _printsToFile;

    public RunTrial()
    {
        _place = _directory.Path("w");
        _aside = _directory.Path("aside");
        _inputs = _directory.Path("inputs");
        _manifest = Path.Combine(_directory.Results, "step.json");
        _cache = Path.Combine(_directory.Results, "cache");
        _output = Path.Combine(_directory.Results, "output");
        Directory.CreateDirectory(_inputs);
        _stage = new Stage(_place);
    }

    /// <summary>What the tool is kept from knowing.</summary>
    public Blindness Blindness { get; init; } = Blindness.None;

    /// <summary>The tool has a cache; worlds come back then, and manifests are lost.</summary>
    public bool HasCache { get; init; }

    /// <param name="what">The command and its world.</param>
    /// <param name="changes">What happens between two runs.</param>
    /// <param name="makes">Makes another change when they are used up; null: no more.</param>
    /// <param name="most">As many changes at most.</param>
    /// <returns>A result for each change. The last may be wrong; nothing is tried after that.</returns>
    public IReadOnlyList<RoundResult> Play(RunCase what, IReadOnlyList<Change> changes,
        ChangeGenerator? makes, int most)
    {
        var results = new List<RoundResult>();
        _stage.Delete(_manifest);
        _stage.Delete(_cache);
        _undo = null;
        _begins.Clear();
        if (what.IsOrdinary && !IsRoot)
        {
            return [];
        }

        _stage.Become(what.IsOrdinary ? Nobody : 0);
        _printsToFile = what.PrintsToFile;
        _around = _first = what.Around;
        Fill(_contents = new(what.Inputs));
        _stage.Build(what.World);
        _script = _stage.Expand(RunScript.Text(what.Steps));
        _now = _clean = what.World;
        StageResult last = Run();
        for (int i = 0; i < most && (i < changes.Count || makes is not null); i++)
        {
            Change change = i < changes.Count
                ? changes[i]
                : makes!.Next(_now, _before, _around, _contents, HasCache ? _undo : null, HasCache ? _clean : null);
            if (!Make(change))
            {
                break;
            }

            (RoundResult result, last) = Round(change, last);
            results.Add(result);
            if (result.Wrong is not null)
            {
                break;
            }
        }

        return results;
    }

    public void Dispose()
    {
        _stage.Dispose();
        _directory.Dispose();
    }

    private (RoundResult Result, StageResult Run) Round(Change change, StageResult last)
    {
        World now = _now;
        World before = _before;
        StageResult run = Run();
        if (run.Says(HitLine))
        {
            // As if it ran here, or where its own outputs stand as a run of it has found them: so docs/cache.md has it.
            World[] worlds = [.. Worlds(now), .. Worlds(now.WithoutEmptyOutside())];
            int at = Array.FindIndex(worlds, world => world.IsTree && Truth(world, _now, run) is null);
            _before = at < 0 ? now : worlds[at];
            return (new RoundResult(change, true, "from the cache", false, at < 0 ? Truth(now, _now, run) : null), run);
        }

        if (!run.Says(SkipLine))
        {
            // Whether it had to run is asked only where most likely it had not.
            bool isSame = change.IsNothing && !change.ForgetsManifest && Truth(before, now, last) is null;
            return (new RoundResult(change, false, run.Reason(last), isSame, null), run);
        }

        string? wrong = Truth(before, now, run) is { } differs
            && Truth(before.WithoutEmptyOutside(), now, run) is not null
            ? differs
            : _now.Difference(now) is { } made ? "the skip itself made\n" + made
            : null;
        return (new RoundResult(change, true, run.Reason(last), change.IsNothing && wrong is null, wrong), run);
    }

    /// <summary>Worlds of which a hit may be true: this one, and this one with what the command itself has made there
    /// as it was before one of its runs.</summary>
    private IEnumerable<World> Worlds(World now)
    {
        yield return now;
        string root = World.Root + "/";
        string[] own =
            [.. ManifestFile.Load(_manifest).Manifest!.Outputs.Select(output => root + _stage.Name(output.Path))
                .Where(path => now.At(path) is not null && _clean.At(path) is null)];
        foreach ((World before, World clean) in _begins)
        {
            string[] known = [.. own.Where(path => before.At(path) is null || clean.At(path) is null)];
            yield return now.With(known.ToDictionary(path => path, before.At));
        }
    }

    /// <summary>Runs the tool. What stood there before remains known until it runs the command the next time.</summary>
    private StageResult Run()
    {
        StageResult run = Start(Blindness.Tell(_first, _around),
            [.. FptraceExecutable.Command, "run", "--root", $"{_place}/{World.Root}", "--manifest", _manifest,
            .. HasCache ? (string[])["--cache=" + _cache] : [], "--"]);
        Requires.That(run.ExitCode != ExitCodes.TracingDenied, $"needs ptrace: {run.Error}");
        if (!run.Says(SkipLine))
        {
            _before = _now;
            if (!run.Says(HitLine))
            {
                _begins.Add((_now, _clean));
            }
        }

        _now = _stage.Look();
        if (Blindness.Forget is { } forget && ManifestFile.Load(_manifest).Manifest is { } manifest)
        {
            ManifestFile.Save(_manifest, forget(manifest));
            _stage.Give(_manifest);
        }

        return run;
    }

    /// <summary>Runs the command itself in another world at the same place.</summary>
    /// <returns>What it does otherwise than this run, which left that world; null: nothing.</returns>
    private string? Truth(World world, World left, StageResult run)
    {
        _stage.Rename(_place, _aside);
        _stage.Build(world);
        StageResult truth = Start(_around, []);
        World made = _stage.Look();
        _stage.Delete(_place);
        _stage.Rename(_aside, _place);
        return run.Difference(truth)
            ?? (made.Difference(left) is { } other ? "would have made\n" + other : null);
    }

    private StageResult Start(Surroundings around, IEnumerable<string> tool) => _stage.Run(
        $"{_place}/{World.Root}",
        around.Input is null ? "" : $"{_inputs}/{around.Input}",
        around.Offset,
        _printsToFile ? _output : "",
        around.Variables.Select(pair => $"{pair.Key}={pair.Value}"),
        [.. tool, TestPrograms.Path("sights"), "-c", _script]);

    /// <returns>False: it cannot be made to what stood there before.</returns>
    private bool Make(Change change)
    {
        World changed = (change.IsClean ? _clean : _now).With(change.Nodes);
        IReadOnlyDictionary<string, Node?> nodes = changed.Since(_now);
        World before = _before.With(nodes);
        if (!changed.IsTree || !before.IsTree)
        {
            return false;
        }

        if (change.ForgetsManifest)
        {
            _stage.Delete(_manifest);
        }

        _undo = change.IsUndo
            ? null
            : new Change("undone", nodes.ToDictionary(pair => pair.Key, pair => _now.At(pair.Key)))
        {
            Around = _around,
            Inputs = new Dictionary<string, string>(_contents),
            IsUndo = true,
        };
        foreach ((string path, Node? node) in nodes.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            bool isInPlace = change.IsInPlace && node?.Kind == _now.At(path)?.Kind;
            if (isInPlace && node is { Kind: 'f' or 'd' } present)
            {
                if (present.Kind == 'f' && present.Text != _now.At(path)?.Text && change.HidesTimes)
                {
                    _stage.Forge(path, present.Text);
                }
                else if (present.Kind == 'f' && present.Text != _now.At(path)?.Text)
                {
                    _stage.Write(path, present.Text);
                }

                _stage.Mode(path, present.Mode);
            }
            else if (node is not null || World.Above(path) is var above
                && (above.Length == 0 || changed.IsDirectory(above)))
            {
                // What stood in a directory that gave way to a link is gone with it.
                _stage.Put(path, node);
            }
        }

        foreach (string path in change.Renewed.Where(path => changed.At(path) is not null))
        {
            _stage.Put(path, null);
            foreach ((string rest, Node node) in changed.Tree(path))
            {
                _stage.Put(path + rest, node);
            }
        }

        foreach (string path in change.Touched.Where(path => changed.At(path) is not null))
        {
            _stage.Touch(path);
        }

        Fill(change.Inputs);
        foreach ((string name, string text) in change.Inputs)
        {
            _contents[name] = text;
        }

        _around = change.Around ?? _around;
        (_now, _before) = (changed, before);
        (_clean, _cleanBefore) = (change.IsUndo ? _cleanBefore : _clean.With(nodes), _clean);
        return true;
    }

    private void Fill(IReadOnlyDictionary<string, string> inputs)
    {
        foreach ((string name, string text) in inputs)
        {
            _stage.File($"{_inputs}/{name}", text);
        }
    }
}
