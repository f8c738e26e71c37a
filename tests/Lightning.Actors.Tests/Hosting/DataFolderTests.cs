using System.Diagnostics;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Tests.Hosting;

public sealed class DataFolderTests
{
    [Fact]
    public void A_second_node_on_one_folder_is_refused_with_a_clear_error_until_the_first_has_let_go()
    {
        using var folder = new TemporaryFolder();
        using (DataFolder.Open(folder.Path))
        {
            var refused = Assert.Throws<InvalidOperationException>(() => DataFolder.Open(folder.Path));
            Assert.Contains("in use by another node", refused.Message, StringComparison.Ordinal);
            Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
        }

        using var again = DataFolder.Open(folder.Path);
        Assert.Equal(folder.Path, again.Path);
    }

    [SkippableFact]
    public void Another_process_cannot_lock_the_folder_while_a_node_runs()
    {
        Skip.IfNot(File.Exists("/usr/bin/flock"), "flock is not here");
        using var folder = new TemporaryFolder();
        using (DataFolder.Open(folder.Path)) Assert.Equal(1, Flock(folder));
        Assert.Equal(0, Flock(folder));
    }

    private static int Flock(TemporaryFolder folder)
    {
        using var process = Process.Start("/usr/bin/flock", ["--nonblock", folder.File("node.lock"), "true"]);
        process.WaitForExit();
        return process.ExitCode;
    }
}
