using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Lightning.Actors.Hosting;

/// <summary>Replaces a file as a whole: after a crash, also of the machine, there is the old content or the new one.</summary>
public static partial class DurableFile
{
    /// <summary>What is being written stands beside the file under this ending until it takes its place.</summary>
    public const string NewEnding = ".new";

    /// <summary>Puts the content in the file's place. Once this returns, it is on disk, and so is its name.</summary>
    /// <param name="file">The file's path; its folder exists.</param>
    /// <param name="content">All that the file is to hold.</param>
    /// <exception cref="IOException">The content is not, or perhaps not, in the file's place.</exception>
    public static void Replace(string file, ReadOnlySpan<byte> content)
    {
        Prepare(file, content);
        Commit(file);
    }

    /// <summary>The first half: writes the new content beside the file.</summary>
    internal static void Prepare(string file, ReadOnlySpan<byte> content)
    {
        using var stream = new FileStream(file + NewEnding, FileMode.Create, FileAccess.Write, FileShare.None);
        stream.Write(content);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>The second half: renames, and makes that durable.</summary>
    internal static void Commit(string file)
    {
        File.Move(file + NewEnding, file, overwrite: true);
        if (!OperatingSystem.IsWindows()) FlushFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }

    // .NET opens no folders.
    private static void FlushFolder(string folder)
    {
        var descriptor = Open(folder, flags: 0);
        if (descriptor < 0) throw new IOException($"{folder} cannot be opened.", new Win32Exception(Marshal.GetLastPInvokeError()));
        try
        {
            if (Flush(descriptor) != 0) throw new IOException($"{folder} cannot be flushed to disk.", new Win32Exception(Marshal.GetLastPInvokeError()));
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Flush(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
