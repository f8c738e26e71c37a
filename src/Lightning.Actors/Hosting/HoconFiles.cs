using Akka.Configuration;

namespace Lightning.Actors.Hosting;

/// <summary>The settings in /hocon, which are also resources of this assembly.</summary>
internal static class HoconFiles
{
    /// <summary>akka.conf, cluster.conf and the database's own, the later ones before the earlier.</summary>
    public static Config Load(bool postgres) =>
        Read(postgres ? "postgres.conf" : "sqlite.conf").WithFallback(Read("cluster.conf")).WithFallback(Read("akka.conf"));

    private static Config Read(string file)
    {
        using var stream = typeof(HoconFiles).Assembly.GetManifestResourceStream("Lightning.Actors.Hocon." + file)
            ?? throw new InvalidOperationException($"{file} is not embedded in this assembly.");
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
