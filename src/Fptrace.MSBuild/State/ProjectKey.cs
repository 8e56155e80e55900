using System.Text;
using Microsoft.Build.Framework;

namespace Fptrace.MSBuild.State;

/// <summary>Tells apart the project instances that one MSBuild node builds.</summary>
/// <remarks>
/// A task can learn only the directory and the global properties of its project. This is a class and not a struct: the
/// precompiled code of generic collections works for any class, but for a struct the JIT would compile it anew in every
/// build.
/// </remarks>
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
