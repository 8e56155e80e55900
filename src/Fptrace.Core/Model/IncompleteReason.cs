namespace Fptrace.Model;

/// <summary>One cause for which a trace may lack something.</summary>
/// <param name="Kind">A stable word: <c>io-uring</c>, <c>untraced-child</c>, <c>mount-namespace</c>, <c>network</c>, <c>interrupted</c>, <c>lost-process</c>, <c>survivor</c>, <c>unreadable</c>, <c>internal</c>.</param>
/// <param name="Pid">The process in which it arose; 0 for the tracer itself.</param>
/// <param name="Detail">One line in words.</param>
public sealed record IncompleteReason(string Kind, int Pid, string Detail);
