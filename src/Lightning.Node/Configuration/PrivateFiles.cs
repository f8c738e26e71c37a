using System.Globalization;

namespace Lightning.Node.Configuration;

/// <summary>Files that nobody but the node's user may read. Written beside and moved into place, so that a crash leaves the old or the new content.</summary>
public static class PrivateFiles
{
    private const UnixFileMode FileModeBits = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode FolderMode = FileModeBits | UnixFileMode.UserExecute;

    /// <summary>Makes a folder of mode 700, with its parents. A folder that exists keeps its mode.</summary>
    public static void CreateFolder(string path)
    {
        if (Directory.Exists(path)) return;
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } parent) CreateFolder(parent);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, FolderMode);
    }

    /// <summary>Writes a file of mode 600, in place of an older one.</summary>
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var beside = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.new";
        WriteTo(beside, content, FileMode.Create);
        File.Move(beside, path, overwrite: true);
    }

    /// <summary>Writes a file of mode 600 that must not exist: what it holds is never overwritten.</summary>
    /// <exception cref="IOException">It exists.</exception>
    public static void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        var beside = $"{path}.{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}.new";
        WriteTo(beside, content, FileMode.Create);
        File.Move(beside, path, overwrite: false);
    }

    private static void WriteTo(string path, ReadOnlySpan<byte> content, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileModeBits;
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }
}
