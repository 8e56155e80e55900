using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Fptrace.Manifests;

/// <summary>Manifests as files: they appear whole or not at all.</summary>
[SuppressMessage("Interoperability", "CA1416", Justification = "Manifests are made on Linux alone; elsewhere nothing here is called.")]
public static class ManifestFile
{
    /// <summary>The directory below the root that holds manifests by their keys. What stands in it is never observed.</summary>
    public const string DirectoryName = ".fptrace";

    private static int s_temporaries;

    /// <summary>ROOT/.fptrace/KEY.json.</summary>
    public static string DefaultPath(StepIdentity step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return Path.Join(step.Root.ToString(), DirectoryName, step.Key + ".json");
    }

    /// <summary>Reads and checks it. Whatever is wrong is a reason, and no exception.</summary>
    public static ManifestLoad Load(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            long length = file.Length;
            if (length > ManifestReader.LargestFile)
            {
                return new ManifestLoad(null, "the manifest is damaged: it is too large");
            }

            byte[] text = GC.AllocateUninitializedArray<byte>((int)length);
            file.ReadExactly(text);
            return ManifestReader.Read(text);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new ManifestLoad(null, "no manifest: this command was not run before");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new ManifestLoad(null, $"the manifest cannot be read: {e.Message}");
        }
    }

    /// <summary>Puts it in place of what was there.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Save(string path, Manifest manifest)
    {
        ArgumentNullException.ThrowIfNull(path);
        path = Path.GetFullPath(path);
        string directory = Path.GetDirectoryName(path) ?? "/";
        MakeDirectory(directory);
        string temporary = Path.Join(
            directory,
            string.Create(CultureInfo.InvariantCulture, $".{Path.GetFileName(path)}.{Environment.ProcessId}-{Interlocked.Increment(ref s_temporaries)}{IgnoredPaths.TemporaryEnding}"));
        try
        {
            using (FileStream file = new(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(ManifestWriter.Write(manifest).Span);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>From now on the step is not up to date. It may be missing already.</summary>
    public static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // Nor is there a manifest in it.
        }
    }

    private static void MakeDirectory(string directory)
    {
        if (Directory.Exists(directory))
        {
            return;
        }

        Directory.CreateDirectory(directory);
        if (Path.GetFileName(directory) == DirectoryName)
        {
            // Manifests hold stamps of one machine: they belong into no repository.
            File.WriteAllText(Path.Join(directory, ".gitignore"), "*\n");
        }
    }
}
