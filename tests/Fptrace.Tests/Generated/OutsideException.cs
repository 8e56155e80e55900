namespace Fptrace.Generated;

/// <summary>A step leads out of the directory of its case, or does something that the model leaves out: it is
/// dropped.</summary>
internal sealed class OutsideException : Exception
{
    public OutsideException()
    {
    }

    public OutsideException(string message)
        : base(message)
    {
    }

    public OutsideException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
