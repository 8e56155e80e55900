using System.Text.Json;
using Fptrace.Linux.FileSystem;
using Fptrace.Linux.Headers;
using Fptrace.Model;
using Fptrace.Output;
using Microsoft.Win32.SafeHandles;

namespace Fptrace.Keeping;

/// <summary>The index of a keep directory: one JSON object in a line for each name.</summary>
/// <remarks>
/// A line <c>{"void":ID}</c> takes an earlier one back: the call failed, or the name was put back. The reader skips
/// lines that it cannot read: a full disk may have cut the last one off.
/// </remarks>
internal sealed class KeepIndex : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly JsonRecord _record = new();
    private long _end;

    private KeepIndex(int descriptor, long end)
    {
        _file = new SafeFileHandle(descriptor, ownsHandle: true);
        _end = end;
    }

    private static ReadOnlySpan<byte> FileName => "index.jsonl\0"u8;

    /// <summary>Makes the index of a new keep directory, or opens the existing one.</summary>
    /// <returns>0, or −errno.</returns>
    public static int Open(int directory, out KeepIndex? index)
    {
        index = null;
        int fd = FilesAt.Open(directory, FileName, fcntl.O_RDWR | fcntl.O_CREAT | fcntl.O_NOFOLLOW, 0x180);
        if (fd >= 0)
        {
            int result = FilesAt.Stat(fd, "\0"u8, fcntl.AT_EMPTY_PATH, out statx found);
            index = result < 0 ? null : new KeepIndex(fd, (long)found.stx_size);
        }

        return Math.Min(fd, 0);
    }

    /// <returns>The names that are still kept, in the order of their removal; null: there is no index.</returns>
    public static IReadOnlyList<KeptName>? Read(string directory)
    {
        var names = new SortedDictionary<int, KeptName>();
        string file = Path.Combine(directory, "index.jsonl");
        if (!File.Exists(file))
        {
            return null;
        }

        foreach (string line in File.ReadLines(file))
        {
            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.TryGetProperty("void", out JsonElement id))
                {
                    names.Remove(id.GetInt32());
                }
                else
                {
                    KeptName name = Parse(json.RootElement);
                    names[name.Id] = name;
                }
            }
            catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException
                or KeyNotFoundException)
            {
                // Cut off.
            }
        }

        return [.. names.Values];
    }

    /// <returns>0, or −errno.</returns>
    public int Add(KeptName name)
    {
        Utf8JsonWriter json = _record.Begin();
        json.WriteStartObject();
        json.WriteNumber("id", name.Id);
        json.WriteName("path", name.Path);
        json.WriteString("type", AccessWords.Of(name.Type));
        json.WriteNumber("mode", name.Mode);
        json.WriteNumber("user", name.User);
        json.WriteNumber("group", name.Group);
        json.WriteNumber("modifiedNs", name.ModifiedNs);
        json.WriteNumber("keptNs", name.KeptNs);
        json.WriteBoolean("content", name.HasContent);
        json.WriteEndObject();
        return Write();
    }

    /// <returns>0, or −errno.</returns>
    public int TakeBack(int id)
    {
        Utf8JsonWriter json = _record.Begin();
        json.WriteStartObject();
        json.WriteNumber("void", id);
        json.WriteEndObject();
        return Write();
    }

    public void Dispose()
    {
        _record.Dispose();
        _file.Dispose();
    }

    private static KeptName Parse(JsonElement json) => new(
        json.GetProperty("id").GetInt32(),
        ByteString.Parse(json.GetProperty("path").GetString() ?? ""),
        Enum.GetValues<FileType>().FirstOrDefault(type => AccessWords.Of(type) == json.GetProperty("type").GetString()),
        json.GetProperty("mode").GetUInt32(),
        json.GetProperty("user").GetUInt32(),
        json.GetProperty("group").GetUInt32(),
        json.GetProperty("modifiedNs").GetInt64(),
        json.GetProperty("keptNs").GetInt64(),
        json.GetProperty("content").GetBoolean());

    // A line that a full disk cuts off is overwritten by the next.
    private int Write()
    {
        byte[] line = [.. _record.End(), (byte)'\n'];
        try
        {
            for (int at = 0; at < line.Length;)
            {
                at += FilesAt.WriteAt(_file, line.AsSpan(at), _end + at);
            }

            _end += line.Length;
            return 0;
        }
        catch (IOException e)
        {
            return FilesAt.ErrorOf(e);
        }
    }
}
