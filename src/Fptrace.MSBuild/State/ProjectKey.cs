using System.Text;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild.State;

/// <summary>Tells the instances of projects apart that one MSBuild node builds: a task learns its directory and global
/// properties, and nothing else.</summary>
/// <remarks>No structure: the native code of dictionaries that others have compiled holds for objects alone, and this
/// is looked up in every build.</remarks>
internal sealed record ProjectKey(string Directory, string GlobalProperties)
{
    public static ProjectKey Of(IBuildEngine engine, string directory)
    {
        var text = new StringBuilder();
        if (engine is IBuildEngine6 known)
        {
            IReadOnlyDictionary<string, string> properties = known.GetGlobalProperties();
            foreach (string name in properties.Keys.Order(StringComparer.OrdinalIgnoreCase))
            {
                text.Append(name.ToUpperInvariant()).Append('=').Append(properties[name]).Append('\0');
            }
        }

        return new ProjectKey(Path.TrimEndingDirectorySeparator(directory), text.ToString());
    }
}
