using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>A sink that writes an output. It stops at the first write error.</summary>
/// <remarks>
/// A full disk must stop neither the command nor outputs on other disks, so <see cref="Complete"/> reports the error at
/// the end. An output that is disposed of without being completed leaves no file behind.
/// </remarks>
/// <param name="path">The name of the output, for messages.</param>
internal abstract class TraceOutput(string path) : ITraceSink, IDisposable
{
    /// <summary>What an output needs that lists the files of each execution.</summary>
    protected static TraceNeeds NeedsFiles { get; } = new() { Files = true, Probes = true,
        ByExecution = true, Stdio = true, Descriptors = true };

    /// <summary>What an output needs that shows everything.</summary>
    protected static TraceNeeds NeedsAll { get; } = NeedsFiles with
    {
        Removals = true,
        Executables = true,
        Network = true,
    };

    private OutputError? _failure;

    public virtual TraceNeeds Needs => TraceNeeds.Processes;

    public virtual bool IsWatched => false;

    public void Started(Execution execution)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            WriteStart(execution);
        }
        catch (OutputError e)
        {
            _failure = e;
        }
    }

    public void Accessed(Execution execution, in Access access)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            WriteAccess(execution, access);
        }
        catch (OutputError e)
        {
            _failure = e;
        }
    }

    public void Exited(Execution execution, int pid, long timeNs, int status)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            WriteExit(execution, pid, status);
        }
        catch (OutputError e)
        {
            _failure = e;
        }
    }

    public void Ended(Execution execution)
    {
        if (_failure is not null)
        {
            return;
        }

        try
        {
            WriteEnd(execution);
        }
        catch (OutputError e)
        {
            _failure = e;
        }
    }

    /// <exception cref="FptraceException">The output cannot be written, or could not be before.</exception>
    public void Complete(TraceSummary summary)
    {
        if (_failure is null)
        {
            try
            {
                Finish(summary);
                return;
            }
            catch (OutputError e)
            {
                _failure = e;
            }
        }

        throw WriteFailure.Of(path, _failure);
    }

    /// <summary>Notes about the completed output for the user, one line each.</summary>
    public virtual IEnumerable<string> Notes => [];

    public void Dispose()
    {
        Discard();
        GC.SuppressFinalize(this);
    }

    protected virtual void WriteStart(Execution execution)
    {
    }

    protected virtual void WriteAccess(Execution execution, in Access access)
    {
    }

    protected virtual void WriteExit(Execution execution, int pid, int status)
    {
    }

    protected virtual void WriteEnd(Execution execution)
    {
    }

    /// <summary>Writes the rest and puts the output in place.</summary>
    protected virtual void Finish(TraceSummary summary)
    {
    }

    /// <summary>Removes what <see cref="Finish"/> did not put in place.</summary>
    protected virtual void Discard()
    {
    }
}
