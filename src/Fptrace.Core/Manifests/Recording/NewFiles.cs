using Fptrace.Steps;

namespace Fptrace.Manifests.Recording;

/// <summary>What a step's new files are like.</summary>
internal static class NewFiles
{
    // What open(2) is asked for by nearly everybody; the umask takes its part.
    private const uint Asked = 0x1b6;

    /// <summary>Permission bits that a file gets which an open makes.</summary>
    public static uint Mode(StepIdentity step) => Mode(step, Asked);

    /// <param name="step">Whose umask counts.</param>
    /// <param name="asked">What the open asks for.</param>
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
