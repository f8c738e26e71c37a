using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Xunit.Abstractions;

namespace Lightning.TestKit.Tests.Packaging;

/// <summary>What a user of the test kit gets: packs this build, and uses the packages from a project that knows nothing of this repository.</summary>
public sealed partial class PackageTests(ITestOutputHelper output)
{
    private const string Version = "0.1.0-test";
    private const int ReadMeExamples = 2;

    private static readonly string[] Packages =
    [
        "Lightning.Actors", "Lightning.Actors.TestKit", "Lightning.Bitcoin", "Lightning.Chain", "Lightning.Channels", "Lightning.Protocol", "Lightning.Routing",
    ];

    [SkippableFact]
    public async Task The_samples_pass_in_a_project_outside_that_references_only_the_package()
    {
        Skip.If(OperatingSystem.IsWindows(), "libsecp256k1 cannot be fetched there, and packing needs it");
        using var folder = new TemporaryFolder();
        var dotnet = new DotnetTool(output);
        await Pack(dotnet, folder);
        var files = await MakeProject(dotnet, folder);

        // Packages of the machine are used where they lie; ours are unpacked here, and leave nothing behind.
        var results = folder.PathOf("results");
        await dotnet.Run(
            folder.PathOf("outside"),
            ["test", "-c", "Release", "-v", "quiet", "--logger", "trx", "--results-directory", results],
            ("NUGET_PACKAGES", folder.PathOf("packages")));
        var ran = XDocument.Load(Directory.GetFiles(results, "*.trx").Single()).Descendants().Where(static e => e.Name.LocalName == "UnitTestResult").ToArray();
        foreach (var result in ran) output.WriteLine($"{result.Attribute("duration")?.Value} {result.Attribute("testName")?.Value}");
        Assert.All(ran, static result => Assert.Equal("Passed", result.Attribute("outcome")?.Value));
        Assert.All(files, file => Assert.Contains(ran, result => result.Attribute("testName")!.Value.StartsWith($"Samples.{Path.GetFileNameWithoutExtension(file)}.", StringComparison.Ordinal)));
        Assert.All(Enumerable.Range(0, ReadMeExamples), i => Assert.Contains(ran, result => result.Attribute("testName")!.Value == $"Samples.ReadMe{i}.The_example"));
        Assert.Equal(files.Sum(static file => Regex.Count(File.ReadAllText(file), @"\[Fact\]", RegexOptions.None, TimeSpan.FromSeconds(1))) + ReadMeExamples, ran.Length);
    }

    private static async Task Pack(DotnetTool dotnet, TemporaryFolder folder)
    {
        // What was just built, as it is: building again would disturb the other tests of this run.
        await dotnet.Run(
            Checkout.Root,
            [
                "pack", Path.Combine(Checkout.Root, "Lightning.Actors.sln"), "--no-build", "-c", Checkout.Configuration, "-v", "quiet", "-o", folder.PathOf("feed"),
                $"-p:Version={Version}", $"-p:NuspecOutputPath={folder.PathOf("nuspecs")}/",
            ]);
        var made = Directory.GetFiles(folder.PathOf("feed")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal(Packages.Select(static id => $"{id}.{Version}.nupkg").Order(StringComparer.Ordinal), made);
        foreach (var id in Packages) Examine(Path.Combine(folder.PathOf("feed"), $"{id}.{Version}.nupkg"), id);
    }

    private static void Examine(string file, string id)
    {
        using var package = ZipFile.OpenRead(file);
        var contents = package.Entries.ToDictionary(
            static entry => entry.FullName,
            static entry =>
            {
                using var stream = entry.Open();
                using var memory = new MemoryStream();
                stream.CopyTo(memory);
                return memory.ToArray();
            },
            StringComparer.Ordinal);
        var metadata = XDocument.Parse(Encoding.UTF8.GetString(contents[$"{id}.nuspec"]).TrimStart('\uFEFF')).Root!.Elements().Single();
        string? Of(string name) => metadata.Elements().SingleOrDefault(e => e.Name.LocalName == name)?.Value;
        Assert.Equal("MIT", Of("license"));
        Assert.Equal("README.md", Of("readme"));
        Assert.NotEqual("Package Description", Of("description"));
        Assert.All(
            metadata.Descendants().Where(static e => e.Name.LocalName == "dependency" && e.Attribute("id")!.Value.StartsWith("Lightning.", StringComparison.Ordinal)),
            static e => Assert.Equal(Version, e.Attribute("version")!.Value));
        Assert.Contains(contents.Keys, static name => name.StartsWith("lib/net10.0/", StringComparison.Ordinal) && name.EndsWith(".dll", StringComparison.Ordinal));
        Assert.Contains(contents.Keys, static name => name.StartsWith("lib/net10.0/", StringComparison.Ordinal) && name.EndsWith(".xml", StringComparison.Ordinal));
        Assert.Equal(id == "Lightning.Bitcoin", contents.Keys.Any(static name => name.StartsWith("runtimes/", StringComparison.Ordinal)));
        if (Checkout.Configuration != "Release") return;
        foreach (var (name, bytes) in contents)
        {
            foreach (var encoding in (Encoding[])[Encoding.UTF8, Encoding.Unicode])
                Assert.False(bytes.AsSpan().IndexOf(encoding.GetBytes(Checkout.Root)) >= 0, $"{name} of {id} tells where it was built.");
        }
    }

    private static async Task<string[]> MakeProject(DotnetTool dotnet, TemporaryFolder folder)
    {
        var versions = XDocument.Load(Path.Combine(Checkout.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(static e => e.Attribute("Include")!.Value, static e => e.Attribute("Version")!.Value, StringComparer.Ordinal);
        var references = string.Concat(((string[])["Microsoft.NET.Test.Sdk", "xunit", "xunit.runner.visualstudio"]).Select(id => $"<PackageReference Include=\"{id}\" Version=\"{versions[id]}\" />"));
        folder.Write("outside/Outside.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Lightning.Actors.TestKit" Version="{Version}" />
                {references}
              </ItemGroup>
            </Project>
            """);

        // Nothing comes from folders above.
        foreach (var name in (string[])["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props"]) folder.Write($"outside/{name}", "<Project />");

        // Our packages come from the folder alone and all others from where the machine has them, so that nobody is asked for what is here.
        var sources = SourceName().Matches(await dotnet.Run(Checkout.Root, ["nuget", "list", "source"])).Select(static match => match.Groups["name"].Value).ToArray();
        var packages = (await dotnet.Run(Checkout.Root, ["nuget", "locals", "global-packages", "--list"])).Split("global-packages: ", 2)[1].Trim();
        folder.Write("outside/NuGet.config", new XElement(
            "configuration",
            new XElement("packageSources", Add("packed", folder.PathOf("feed"))),
            new XElement("fallbackPackageFolders", Add("machine", packages)),
            new XElement(
                "packageSourceMapping",
                [Mapping("packed", Packages), .. sources.Select(static source => Mapping(source, ["*"]))])).ToString());

        var files = Directory.GetFiles(Path.Combine(Checkout.Root, "tests", "Lightning.TestKit.Samples"), "*.cs");
        Assert.Equal(5, files.Length);
        foreach (var file in files) File.Copy(file, folder.PathOf($"outside/{Path.GetFileName(file)}"));

        // What the package says of itself, word by word.
        var examples = Examples().Matches(File.ReadAllText(Path.Combine(Checkout.Root, "src", "Lightning.TestKit", "README.md"))).ToArray();
        Assert.Equal(ReadMeExamples, examples.Length);
        for (var i = 0; i < examples.Length; i++)
        {
            folder.Write($"outside/ReadMe{i}.cs", $$"""
                using Xunit;
                {{examples[i].Groups["usings"].Value}}
                namespace Samples;

                public sealed class ReadMe{{i}}
                {
                    [Fact]
                    public async Task The_example()
                    {
                        {{examples[i].Groups["body"].Value}}
                    }
                }
                """);
        }

        return files;
    }

    private static XElement Add(string key, string value) => new("add", new XAttribute("key", key), new XAttribute("value", value));

    private static XElement Mapping(string source, string[] patterns) =>
        new("packageSource", new XAttribute("key", source), patterns.Select(static pattern => new XElement("package", new XAttribute("pattern", pattern))));

    [GeneratedRegex(@"```csharp\n(?<usings>(using [\w.]+;\n)+)(?<body>.+?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Examples();

    [GeneratedRegex(@"^\s*\d+\.\s+(?<name>.+?)\s+\[", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SourceName();
}
