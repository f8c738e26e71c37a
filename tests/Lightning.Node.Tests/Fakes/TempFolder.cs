namespace Lightning.Node.Tests.Fakes;

public sealed class TempFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("lightning-node-tests-").FullName;

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public string Write(string name, string content)
    {
        System.IO.File.WriteAllText(File(name), content);
        return File(name);
    }

    /// <summary>Asserts that nobody but the owner may read or write a file; passes where files have no such mode.</summary>
    public void AssertPrivate(string name)
    {
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File(name)));
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
