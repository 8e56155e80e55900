namespace Fptrace.Commands.CommandLine;

/// <summary>Where the value of an option stands.</summary>
internal enum OptionValue
{
    /// <summary>After <c>=</c>, or there is none. The next word is never the value.</summary>
    Optional,

    /// <summary>After <c>=</c>, or in the next word.</summary>
    Required,
}
