namespace Microsoft.Build.Framework;

/// <summary>Lets multithreaded MSBuild (<c>-mt</c>) run a task in its own process, among others: it touches neither the
/// process's directory nor its environment.</summary>
/// <remarks>MSBuild recognises the attribute by its full name. It is in MSBuild's packages since 18.6; the task is
/// compiled against 18.0 so that it loads in every SDK 10.</remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
