using System.Text.Json;

namespace Fptrace.Engine;

/// <summary>One execution of the full trace.</summary>
internal sealed record TracedExecution(
    int Id,
    int Parent,
    string Path,
    IReadOnlyList<string> Arguments,
    IReadOnlyList<TracedAccess> Accesses,
    string Json)
{
    public static TracedExecution Read(JsonElement execution)
    {
        int id = execution.GetProperty("id").GetInt32();
        return new TracedExecution(
            id,
            execution.GetProperty("parent").GetInt32(),
            execution.GetProperty("path").GetString()!,
            [.. execution.GetProperty("arguments").EnumerateArray().Select(argument => argument.GetString()!)],
            [.. execution.GetProperty("accesses").EnumerateArray().Select(access => ReadAccess(id, access))],
            execution.GetRawText());
    }

    private static TracedAccess ReadAccess(int execution, JsonElement access) => new(
        access.GetProperty("order").GetInt64(),
        execution,
        access.GetProperty("kind").GetString()!,
        access.GetProperty("path").GetString()!,
        access.TryGetProperty("counterpart", out JsonElement counterpart) ? counterpart.GetString() : null);
}
