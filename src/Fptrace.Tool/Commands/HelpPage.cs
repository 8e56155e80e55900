using System.Text;
using Fptrace.Commands.CommandLine;

namespace Fptrace.Commands;

/// <summary>The text of a verb's <c>--help</c> around its options. The options come from its table.</summary>
/// <param name="About">What the verb does and how to call it.</param>
/// <param name="Notes">What follows the options.</param>
internal sealed record HelpPage(string About, string Notes)
{
    // The column at which the descriptions begin.
    private const int Column = 23;

    /// <param name="table">The options of the verb.</param>
    public string Write(OptionTable table)
    {
        var text = new StringBuilder(About).Append('\n');
        foreach (OptionSection section in table.Sections)
        {
            text.Append('\n').Append(section.Title.Length > 0 ? section.Title + "\n" : "");
            foreach (Option option in section.Options)
            {
                Write(text, option);
            }
        }

        return text.Append(Notes.Length > 0 ? $"\n{Notes}\n" : "").ToString();
    }

    private static void Write(StringBuilder text, Option option)
    {
        string names = string.Join(", ", option.Aliases.Append(option.Name));
        string value = option.HelpName is not { } name ? ""
            : option.Value == OptionValue.Optional ? $"[={name}]"
            : " " + name;
        string left = $"  {names}{value}";
        text.Append(left.Length < Column ? left.PadRight(Column) : left + "\n" + new string(' ', Column));
        text.Append(option.Description.Replace("\n", "\n" + new string(' ', Column), StringComparison.Ordinal))
            .Append('\n');
    }
}
