using System.Reflection;
using Xunit.Sdk;

namespace Fptrace.Engine;

/// <summary>Runs a theory once per engine; arguments given here follow the engine's name.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class AllEnginesAttribute(params object[] arguments) : DataAttribute
{
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) =>
        Engines.Names.Select(engine => (object[])[engine, .. arguments]);
}
