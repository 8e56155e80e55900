using System.Text;

namespace Fptrace.MSBuild.Tool;

/// <summary>Arguments in the one string that <see cref="System.Diagnostics.ProcessStartInfo.Arguments"/> takes apart
/// again.</summary>
internal static class ArgumentText
{
    /// <summary>Quotes a word: a backslash counts only before a quotation mark.</summary>
    public static string Quote(string word)
    {
        var text = new StringBuilder("\"");
        int backslashes = 0;
        foreach (char c in word)
        {
            if (c == '"')
            {
                text.Append('\\', backslashes + 1);
            }

            backslashes = c == '\\' ? backslashes + 1 : 0;
            text.Append(c);
        }

        return text.Append('\\', backslashes).Append('"').ToString();
    }
}
