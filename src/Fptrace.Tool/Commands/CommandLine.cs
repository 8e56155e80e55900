namespace Fptrace.Commands;

/// <summary>The command line: <c>fptrace [options] [--] command [arguments]</c>.</summary>
internal static class CommandLine
{
    /// <returns>What to do, or null if help or version was asked for and printed: exit with 0.</returns>
    /// <exception cref="FptraceException">The command line is wrong; the message is one line with the remedy.</exception>
    internal static TraceOptions? Parse(IReadOnlyList<string> args, TextWriter @out, TextWriter err)
    {
        var options = new OptionSet();
        SplitArguments split = ArgumentSplitter.Split(args, options.ByName);
        if (split.Options.Contains(options.Help.Name + "=true"))
        {
            @out.Write(HelpText.Text);
            return null;
        }

        if (split.Options.Contains(options.Version.Name + "=true"))
        {
            @out.WriteLine(HelpText.Version);
            return null;
        }

        return options.Parse(split, err);
    }
}
