namespace Fptrace.Commands.CommandLine;

/// <summary>The options of a verb whose operands stand before, between and after them.</summary>
/// <typeparam name="T">What the user asked of the verb.</typeparam>
internal abstract class OperandOptionTable<T>(string verb) : OptionTable(verb)
{
    /// <param name="args">The words after the verb.</param>
    /// <exception cref="FptraceException">An option is unknown or lacks its value.</exception>
    public virtual SplitArguments Split(string[] args) => ArgumentSplitter.SplitOperands(args, this);

    /// <exception cref="FptraceException">The command line is wrong.</exception>
    public abstract T Read(SplitArguments split);
}
