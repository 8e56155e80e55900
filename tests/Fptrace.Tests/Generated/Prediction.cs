using System.Globalization;
using Fptrace.Model;

namespace Fptrace.Generated;

/// <summary>Runs the steps of a case on the model: which calls succeed, and which accesses a trace has of
/// them.</summary>
/// <remarks>Partials stand by concern: here processes and threads, then the calls.</remarks>
internal sealed partial class Prediction
{
    private readonly bool _probes;
    private readonly List<string> _lines;
    private readonly List<PredictedAccess> _accesses = [];
    private readonly List<ModelExecution> _executions = [];
    private readonly PathModel _paths;
    private readonly Entry _top;

    private Prediction(string directory, bool probes, List<string> lines)
    {
        _probes = probes;
        _lines = lines;
        _top = new Entry(null, directory, new Inode(FileType.Directory));
        _paths = new PathModel(_top) { Passed = probes ? (thread, name) => First(thread, "probe", name) : null };
    }

    /// <summary>The accesses in their order.</summary>
    public IReadOnlyList<PredictedAccess> Accesses => _accesses;

    /// <summary>Appends a case to a script.</summary>
    /// <param name="steps">Of its first execution, which begins in an empty directory.</param>
    /// <param name="directory">That directory, absolute.</param>
    /// <param name="probes">Whether the trace has probes.</param>
    /// <param name="lines">The script so far.</param>
    public static Prediction Of(IReadOnlyList<Step> steps, string directory, bool probes, List<string> lines)
    {
        var prediction = new Prediction(directory, probes, lines);
        var thread = new ModelThread(prediction.Begin()) { WorkingDirectory = [prediction._top] };
        prediction.Run(thread, steps);
        lines.Add("end");
        return prediction;
    }

    private ModelExecution Begin()
    {
        var execution = new ModelExecution(_lines.Count);
        _executions.Add(execution);
        return execution;
    }

    /// <returns>false when the process became another program, and nothing that follows is run.</returns>
    private bool Run(ModelThread thread, IReadOnlyList<Step> steps)
    {
        foreach (Step step in steps)
        {
            if (step.Block is { } block)
            {
                _lines.Add(step.Call);
                bool goesOn = RunBlock(thread, step, block);
                _lines.Add("end");
                if (!goesOn)
                {
                    return false;
                }
            }
            else
            {
                RunCall(thread, step);
            }
        }

        return true;
    }

    private bool RunBlock(ModelThread thread, Step step, IReadOnlyList<Step> block)
    {
        switch (step.Call)
        {
            case "fork":
                Run(thread.Fork(), block);
                return true;
            case "clone":
                Run(thread.Share(), block);
                return true;
            case "thread":
                return Run(thread.Share(), block);
            case "spawn":
                RunProgram(thread.Fork(), block);
                return true;
            default:
                RunProgram(thread, block);
                return false;
        }
    }

    // execve copies descriptors that were shared, and leaves a shared working directory shared (proc(5), clone(2)).
    private void RunProgram(ModelThread thread, IReadOnlyList<Step> block)
    {
        var program = new ModelThread(Begin())
        {
            WorkingDirectory = thread.WorkingDirectory,
            Files = new(thread.Files.Where(file => !file.Value.ClosesOnExec)),
        };
        Run(program, block);
    }

    private void RunCall(ModelThread thread, Step step)
    {
        int count = _accesses.Count;
        try
        {
            bool succeeds = Call(thread, step);
            _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{(succeeds ? '+' : '-')} {Text(step)}"));
        }
        catch (OutsideException)
        {
            // A case is what remains of it; the model changes nothing before it knows that a step stays, but for the
            // directories that its path passes.
            foreach (PredictedAccess passed in _accesses[count..])
            {
                thread.Execution.Unlearn(passed.Path, passed.Kind);
            }

            _accesses.RemoveRange(count, _accesses.Count - count);
        }
    }

    private string Text(Step step)
    {
        string path = Word(step.Path);
        string old = step.IsOld ? " 1" : " 0";
        FormattableString text = step.Call switch
        {
            "open" => $"open {step.Slot} {step.At} {path} {step.Flags}{old}",
            "openat2" => $"openat2 {step.Slot} {step.At} {path} {step.Flags} {step.Slot2}",
            "full" => $"full {step.At} {path} {step.Flags}",
            "giveup" => $"giveup {step.At} {path}",
            "creat" => $"creat {step.Slot} {path}",
            "close" => $"close {step.Slot}",
            "close_range" or "pipe" => $"{step.Call} {step.Slot} {step.Slot2}",
            "dup" => $"dup {step.Slot} {step.Slot2} {step.Flags}",
            "redirect" => $"redirect {step.Slot} {step.Slot2}",
            "read" => $"read 0",
            "write" => $"write 1",
            "rename" or "link" => $"{step.Call} {step.At} {path} {step.At2} {Word(step.Path2)} {step.Flags}{old}",
            "symlink" => $"symlink {Word(step.Path2)} {step.At} {path}",
            "unlink" or "stat" => $"{step.Call} {step.At} {path} {step.Flags}{old}",
            "mkdir" or "chmod" => $"{step.Call} {step.At} {path}{old}",
            "mknod" or "utimens" => $"{step.Call} {step.At} {path} {step.Flags}",
            "truncate" => $"truncate {path} {step.Flags}",
            "ftruncate" => $"ftruncate {step.Slot} {step.Flags}",
            "fchmod" or "list" or "fchdir" => $"{step.Call} {step.Slot}",
            "access" or "readlink" => $"{step.Call} {step.At} {path}",
            "chdir" => $"chdir {path}",
            _ => $"{step.Call}",
        };
        return text.ToString(CultureInfo.InvariantCulture);
    }

    private string Word(string? path) => path switch
    {
        null => "@@",
        "" => "@",
        ['%', .. var rest] => _top.Path + "/" + rest.TrimStart('/'),
        _ => path,
    };

    private void Access(ModelThread thread, string kind, string name, Inode? node, string? counterpart = null,
        bool isOptional = false)
    {
        thread.Execution.Learn(name, node, kind);
        _accesses.Add(new PredictedAccess(thread.Execution.Line, kind, name, counterpart, isOptional));
    }

    // The first of its kind only, whichever file the name leads to.
    private void First(ModelThread thread, string kind, string name)
    {
        if (!thread.Execution.Knows(name, null, kind))
        {
            Access(thread, kind, name, null);
        }
    }

    private void Forget(string name, bool withBelow)
    {
        foreach (ModelExecution execution in _executions)
        {
            execution.Forget(name, withBelow);
        }
    }
}
