namespace Fptrace.Generated;

/// <summary>What a thread of the model has: its execution, and a working directory and descriptors that others may
/// share.</summary>
internal sealed class ModelThread(ModelExecution execution)
{
    public ModelExecution Execution { get; set; } = execution;

    /// <summary>One element, so that CLONE_FS can share it.</summary>
    public Entry[] WorkingDirectory { get; set; } = [];

    /// <summary>By slot; descriptors 0 and 1 are −10 and −9.</summary>
    public Dictionary<int, OpenFile> Files { get; set; } = [];

    public ModelThread Fork() => new(Execution) { WorkingDirectory = [.. WorkingDirectory], Files = new(Files) };

    public ModelThread Share() => new(Execution) { WorkingDirectory = WorkingDirectory, Files = Files };
}
