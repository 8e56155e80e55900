namespace Fptrace.Keeping;

/// <summary>What a call is about to remove or replace. It is kept unless the call fails.</summary>
internal sealed class KeptFile(Keeper keeper, KeptName name)
{
    /// <summary>The call failed: there is nothing to keep.</summary>
    public void Drop() => keeper.Drop(name);
}
