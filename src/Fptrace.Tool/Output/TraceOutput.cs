using Fptrace.Model;

namespace Fptrace.Output;

/// <summary>A sink that writes. The first failure to write stops it, silently until the trace is over.</summary>
/// <remarks>
/// A full disk must not stop the command, nor the outputs that are on another disk: <see cref="Complete"/> reports it.
/// What was not completed leaves no file behind once it is disposed.
/// </remarks>
/// <param name="path">What is written, for messages.</param>
internal abstract class TraceOutput(string path) : ITraceSink, IDisposable
{
    /// <summary>The files that each execution had to do with.</summary>
    protected static TraceNeeds NeedsFiles { get; } = new() { Files = true, Probes = true, Stdio = true,
        Descriptors = true };

    /// <summary>All that there is to tell.</summary>
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

    /// <exception cref="FptraceException">Something could not be written, now or before.</exception>
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

    /// <summary>What there is to say of it once it is complete, in a line each.</summary>
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

    /// <summary>Writes what is left and puts the output in place.</summary>
    protected virtual void Finish(TraceSummary summary)
    {
    }

    /// <summary>Removes what <see cref="Finish"/> did not put in place.</summary>
    protected virtual void Discard()
    {
    }
}
