using Lightning.Actors.Backup;
using Lightning.Actors.Hosting;

namespace Lightning.Actors.Tests.Backup;

public sealed class BackupFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Name => _folder.File("channel.backup");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_written_last_is_what_is_read()
    {
        var file = new BackupFile(Name);
        Assert.Null(await file.ReadAsync());
        await file.ReplaceAsync(new Bytes([1, 2, 3]));
        await file.ReplaceAsync(new Bytes([4]));
        Assert.Equal(new Bytes([4]), await new BackupFile(Name).ReadAsync());
        Assert.Equal([Name], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_crash_between_the_new_file_and_its_name_leaves_the_old_one_and_hinders_nothing_later()
    {
        var file = new BackupFile(Name);
        await file.ReplaceAsync(new Bytes([1]));
        DurableFile.Prepare(Name, [2, 2, 2, 2]);
        Assert.Equal(new Bytes([1]), await new BackupFile(Name).ReadAsync());
        await new BackupFile(Name).ReplaceAsync(new Bytes([3]));
        Assert.Equal(new Bytes([3]), await new BackupFile(Name).ReadAsync());
        Assert.Equal([Name], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public async Task A_crash_in_the_middle_of_the_new_file_does_so_too()
    {
        var file = new BackupFile(Name);
        await file.ReplaceAsync(new Bytes([1]));
        await File.WriteAllBytesAsync(Name + DurableFile.NewEnding, [9]);
        Assert.Equal(new Bytes([1]), await file.ReadAsync());
        await file.ReplaceAsync(new Bytes([3]));
        Assert.Equal(new Bytes([3]), await file.ReadAsync());
    }

    [Fact]
    public async Task A_folder_that_is_gone_is_trouble_that_is_told()
    {
        var file = new BackupFile(Path.Combine(_folder.File("gone"), "channel.backup"));
        await Assert.ThrowsAnyAsync<IOException>(() => file.ReplaceAsync(new Bytes([1])));
    }

    [Fact]
    public async Task What_cannot_be_read_is_kept_under_other_names()
    {
        var file = new BackupFile(Name);
        await file.ReplaceAsync(new Bytes([1]));
        Assert.Equal(Name + ".unreadable-1", await file.SetAsideAsync());
        Assert.Null(await file.ReadAsync());
        await file.ReplaceAsync(new Bytes([2]));
        Assert.Equal(Name + ".unreadable-2", await file.SetAsideAsync());
        Assert.Equal([1], await File.ReadAllBytesAsync(Name + ".unreadable-1"));
        Assert.Equal([2], await File.ReadAllBytesAsync(Name + ".unreadable-2"));
    }

    [Fact]
    public async Task A_file_that_is_larger_than_any_backup_is_not_read()
    {
        await using (var stream = new FileStream(Name, FileMode.CreateNew)) stream.SetLength(BackupEnvelope.MaxLength + 1L);
        Assert.Equal(BackupProblem.TooLarge, (await Assert.ThrowsAsync<BackupException>(new BackupFile(Name).ReadAsync)).Problem);
    }
}
