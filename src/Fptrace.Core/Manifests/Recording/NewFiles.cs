using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>The mode of a step's new files.</summary>
internal static class NewFiles
{
    // Nearly every program asks open(2) for 0666, and the kernel subtracts the umask.
    private const uint Asked = 0x1b6;

    /// <summary>The permission bits of a file that an open makes.</summary>
    public static uint Mode(StepIdentity step) => Mode(step, Asked);

    /// <param name="step">The step, which holds the umask.</param>
    /// <param name="asked">The permission bits that the open asks for.</param>
    public static uint Mode(StepIdentity step, uint asked)
    {
        const string Name = "umask=";
        string value = step.Machine.FirstOrDefault(field => field.StartsWith(Name, StringComparison.Ordinal)) ?? Name;
        uint mask = 0;
        foreach (char digit in value.AsSpan(Name.Length))
        {
            mask = (mask * 8) + (uint)(digit - '0');
        }

        return asked & ~mask;
    }
}
