using System.Diagnostics;
using System.Text;
using Fptrace.Support;

namespace Fptrace.Engine;

/// <summary>A terminal with a session in it, used as a person uses it: by typing, and by waiting for what it
/// shows.</summary>
/// <remarks>The terminal is tests/programs/terminal.c. Whatever runs in it is hung up at the end.</remarks>
internal sealed class Terminal : IDisposable
{
    /// <summary>What the shells in it say when they wait for a command.</summary>
    public const string Prompt = "[ready] ";

    public const string CtrlC = "\x03";
    public const string CtrlZ = "\x1a";
    public const string CtrlBackslash = "\x1c";
    public const string Escape = "\x1b";

    private readonly Process _process;
    private readonly StringBuilder _shown = new();
    private readonly Thread _reader;
    private int _read;

    private Terminal(Process process)
    {
        _process = process;
        _reader = new Thread(Read) { IsBackground = true, Name = "terminal" };
        _reader.Start();
    }

    /// <summary>All that it has shown until now.</summary>
    public string Shown
    {
        get
        {
            lock (_shown)
            {
                return _shown.ToString();
            }
        }
    }

    /// <param name="directory">Where the session begins.</param>
    /// <param name="tracer">The words of the variable T: empty when the session is not traced.</param>
    /// <param name="command">Leads the session.</param>
    public static Terminal Start(WorkDirectory directory, IReadOnlyList<string> tracer, IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(TestPrograms.Path("terminal"), command)
        {
            WorkingDirectory = directory.Work,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = Encoding.Latin1,
            StandardOutputEncoding = Encoding.Latin1,
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/bin:/usr/bin:" + Environment.GetEnvironmentVariable("PATH");
        foreach (string name in new[] { "DOTNET_ROOT", "HOME" })
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
            {
                start.Environment[name] = value;
            }
        }

        start.Environment["LC_ALL"] = "C";
        start.Environment["TERM"] = "ansi";
        start.Environment["PS1"] = Prompt;
        start.Environment["HISTFILE"] = "/dev/null";
        start.Environment["T"] = string.Join(' ', tracer);
        start.Environment["J"] = TestPrograms.Path("job");
        return new Terminal(Process.Start(start)!);
    }

    public void Type(string keys)
    {
        _process.StandardInput.Write(keys);
        _process.StandardInput.Flush();
    }

    public void Resize(int rows, int columns) => Type(FormattableString.Invariant($"\0{rows} {columns}\n"));

    /// <summary>Waits until it shows these, in any order, behind what was waited for before.</summary>
    public void Await(params IReadOnlyList<string> texts)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_shown)
        {
            int end = _read;
            foreach (string text in texts)
            {
                int at;
                while ((at = _shown.ToString().IndexOf(text, _read, StringComparison.Ordinal)) < 0)
                {
                    TimeSpan left = Wait.Limit - Stopwatch.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero || !_reader.IsAlive || !Monitor.Wait(_shown, left))
                    {
                        Assert.Fail($"'{text}' does not come after '{_shown}'");
                    }
                }

                end = Math.Max(end, at + text.Length);
            }

            _read = end;
        }
    }

    /// <summary>Types a line at the prompt and waits for the next prompt.</summary>
    public void Command(string line)
    {
        Type(line + "\n");
        Await(Prompt);
    }

    public void HangUp() => _process.StandardInput.Close();

    /// <summary>Waits for the end of the session.</summary>
    /// <returns>Its exit status.</returns>
    public int Finish()
    {
        Assert.True(_process.WaitForExit(Wait.Limit) && _reader.Join(Wait.Limit),
            $"the session goes on after '{Shown}'");
        return _process.ExitCode;
    }

    public void Dispose()
    {
        HangUp();
        if (!_process.WaitForExit(Wait.Limit))
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }

    private void Read()
    {
        char[] buffer = new char[4096];
        int length;
        while ((length = _process.StandardOutput.Read(buffer)) > 0)
        {
            lock (_shown)
            {
                _shown.Append(buffer, 0, length);
                Monitor.PulseAll(_shown);
            }
        }

        lock (_shown)
        {
            Monitor.PulseAll(_shown);
        }
    }
}
