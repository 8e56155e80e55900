using System.Text;

namespace Fptrace.MSBuild.Tool;

/// <summary>
/// Quotes arguments for <see cref="System.Diagnostics.ProcessStartInfo.Arguments"/>, which .NET splits again.
/// </summary>
internal static class ArgumentText
{
    /// <summary>Quotes a word. A backslash is special only before a quotation mark.</summary>
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
