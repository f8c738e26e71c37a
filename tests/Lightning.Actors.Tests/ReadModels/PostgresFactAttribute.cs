namespace Lightning.Actors.Tests.ReadModels;

/// <summary>A test that needs PostgreSQL's programs; skipped, by name, where they are not installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PostgresFactAttribute : FactAttribute
{
    public PostgresFactAttribute() => Skip = PostgresServer.IsInstalled ? null! : "PostgreSQL (initdb, postgres) is not installed.";
}
