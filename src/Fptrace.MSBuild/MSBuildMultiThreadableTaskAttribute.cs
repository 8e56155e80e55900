namespace Microsoft.Build.Framework;

/// <summary>Tells multithreaded MSBuild (<c>-mt</c>) that a task is thread-safe.</summary>
/// <remarks>
/// Such a task may run beside others in one process. It must use neither the working directory nor the environment of
/// the process. MSBuild recognises the attribute by its full name. Its packages have the attribute since 18.6, but this
/// assembly is compiled against 18.0, so that it loads in every .NET 10 SDK.
/// </remarks>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
