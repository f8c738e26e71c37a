using System.Text.Json;

namespace Lightning.Tests;

/// <summary>Finds the test vectors of the specifications: <c>$LIGHTNING_VECTORS</c>, else a folder <c>shared/vectors</c> beside the checkout or above it.</summary>
internal static class Vectors
{
    private static readonly Lazy<string?> Root = new(Find);

    /// <summary>Full path of a vector file; the calling test is skipped, by name, where there is none.</summary>
    public static string PathOf(string file)
    {
        var path = Root.Value is { } root ? Path.Combine(root, file) : null;
        Skip.If(path is null || !File.Exists(path), $"vector file {file} is not here: set LIGHTNING_VECTORS");
        return path!;
    }

    /// <summary>A vector file parsed as JSON.</summary>
    public static JsonElement Json(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(PathOf(file)), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
        return document.RootElement.Clone();
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("LIGHTNING_VECTORS") is { Length: > 0 } set) return set;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "vectors");
            if (Directory.Exists(candidate)) return candidate;
        }

        return null;
    }
}
