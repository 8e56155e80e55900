#if !USE_VERIFY
using System.Runtime.CompilerServices;
using System.Text;

namespace VerifyXunit;

/// <summary>Stands in for the package Verify.Xunit, which -p:UseVerify=true takes: same calls, same files.</summary>
/// <remarks>
/// The expectation is <c>Class.Method.verified.txt</c> beside the test. A mismatch writes
/// <c>Class.Method.received.txt</c> and fails; <c>build/accept</c> makes what was received the expectation.
/// </remarks>
internal static class Verifier
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Task Verify(object? target, [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = "") =>
        Verify(target?.ToString(), sourceFile, method);

    public static async Task Verify(string? target, [CallerFilePath] string sourceFile = "",
        [CallerMemberName] string method = "")
    {
        string stem = Path.Combine(Path.GetDirectoryName(sourceFile)!,
            $"{Path.GetFileNameWithoutExtension(sourceFile)}.{method}");
        string verifiedFile = stem + ".verified.txt";
        string receivedFile = stem + ".received.txt";
        string received = Normalize(target ?? "null");
        string? verified = File.Exists(verifiedFile) ? Normalize(await File.ReadAllTextAsync(verifiedFile)) : null;
        if (received == verified)
        {
            File.Delete(receivedFile);
            return;
        }

        await File.WriteAllTextAsync(receivedFile, received, Utf8);
        Assert.Fail(verified is null
            ? $"{verifiedFile} does not exist yet. Received:\n{received}"
            : $"{receivedFile} differs from "
                + $"{Path.GetFileName(verifiedFile)}.\nReceived:\n{received}\nVerified:\n{verified}");
    }

    /// <remarks>Verify, too, disregards how lines end and whether the last one does.</remarks>
    private static string Normalize(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n');
}
#endif
