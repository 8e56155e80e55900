namespace Fptrace.MSBuild.Support;

/// <summary>Builds one after the other: each of them takes all processors that there are.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class PackageCollection : ICollectionFixture<PackageFeed>
{
    public const string Name = "package";
}
