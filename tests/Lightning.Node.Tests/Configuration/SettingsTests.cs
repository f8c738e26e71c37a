using System.Globalization;
using System.Net;
using Lightning.Node.Commands;
using Lightning.Node.Configuration;
using Lightning.Node.Hosting;
using Lightning.Node.Tests.Fakes;
using Microsoft.Extensions.Logging;

namespace Lightning.Node.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_any_setting_the_defaults_hold()
    {
        var settings = Read();
        Assert.Equal(Network.Mainnet, settings.Network);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 10009), settings.GrpcListen);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 8080), settings.RestListen);
        Assert.Equal([new IPEndPoint(IPAddress.Any, 9735)], settings.Listen);
        Assert.Equal(new Uri("http://127.0.0.1:8332/"), settings.Bitcoind.Rpc);
        Assert.EndsWith(Path.Combine(".bitcoin", ".cookie"), settings.Bitcoind.CookieFile, StringComparison.Ordinal);
        Assert.Null(settings.Database);
        Assert.EndsWith(".lightning-actors", SettingsReader.DataDir(null), StringComparison.Ordinal);
        Assert.Equal(Path.Combine(_folder.Path, "data", "chain", "bitcoin", "mainnet"), settings.NetworkFolder);
    }

    [Fact]
    public void Flag_beats_environment_beats_file_beats_default()
    {
        _folder.Write("lightning.conf", "alias=file\nnetwork=regtest\nlog-level=debug\n");
        Assert.Equal("file", Read().Alias);
        Assert.Equal("environment", Read(environment: [("LN__ALIAS", "environment")]).Alias);
        var settings = Read([("alias", "flag")], [("LN__ALIAS", "environment"), ("LN__LogLevel", "error")]);
        Assert.Equal(("flag", Network.Regtest, LogLevel.Error), (settings.Alias, settings.Network, settings.LogLevel));
        Assert.Equal(new Uri("http://127.0.0.1:18443/"), settings.Bitcoind.Rpc);
    }

    [Theory]
    [InlineData("144", 144)]
    [InlineData("2016", 2016)]
    public void Delay_of_a_peers_own_balance_is_taken(string value, int blocks) => Assert.Equal((ushort)blocks, Read([("to-self-delay", value)]).ToSelfDelay);

    [Fact]
    public void Peers_and_seeds_are_lists_and_a_network_of_tests_has_no_seeds()
    {
        var (first, second) = ($"{Fakes.FakeNode.Peer}@127.0.0.1:9735", $"{Fakes.FakeNode.Peer}@[::1]:9000");
        var settings = Read([("add-peer", $"{first}, {second}"), ("dns-seeds", "seed.example.com,other.example.com"), ("min-peers", "7")]);
        Assert.Equal([first, second], settings.Peers.Select(static peer => peer.ToString()));
        Assert.Equal<string>(["seed.example.com", "other.example.com"], settings.Bootstrap.DnsSeeds);
        Assert.Equal(7, settings.Bootstrap.MinimumPeers);
        Assert.NotEmpty(Read().Bootstrap.DnsSeeds);
        Assert.Empty(Read([("dns-seeds", "none")]).Bootstrap.DnsSeeds);
        Assert.Empty(Read([("network", "regtest")]).Bootstrap.DnsSeeds);
        var problems = Assert.Throws<ConfigurationException>(() => Read([("add-peer", "nobody"), ("dns-seeds", "a b"), ("min-peers", "-1")])).Problems;
        Assert.Equal(["--add-peer", "--dns-seeds", "--min-peers"], problems.Select(static problem => problem.Split(':')[0]));
    }

    [Fact]
    public void File_cannot_name_another_file()
    {
        var file = _folder.Write("my.conf", "conf=/other\n");
        Assert.Contains("cannot stand in it", Assert.Throws<ConfigurationException>(() => Read([("conf", file)])).Problems.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public void Taken_port_is_named_with_its_setting_before_anything_starts()
    {
        using var taken = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var settings = Read([("listen", $"127.0.0.1:0,{taken.LocalEndpoint}"), ("grpc-listen", "127.0.0.1:0"), ("rest-listen", taken.LocalEndpoint.ToString()!)]);
        var problems = Assert.Throws<ConfigurationException>(() => FreePorts.Check(settings)).Problems;
        Assert.Collection(
            problems,
            problem => Assert.StartsWith($"listen: cannot listen at {taken.LocalEndpoint}", problem, StringComparison.Ordinal),
            problem => Assert.StartsWith($"rest-listen: cannot listen at {taken.LocalEndpoint}", problem, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_folder_made_for_secrets_is_the_users_alone()
    {
        if (OperatingSystem.IsWindows()) return;
        var inner = Path.Combine(_folder.Path, "a", "b");
        PrivateFiles.CreateFolder(inner);
        const UnixFileMode mine = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal((mine, mine), (File.GetUnixFileMode(inner), File.GetUnixFileMode(Path.GetDirectoryName(inner)!)));
    }

    [Theory]
    [InlineData("LN__GRPC_LISTEN")]
    [InlineData("LN__GrpcListen")]
    [InlineData("LN__grpc-listen")]
    [InlineData("ln__grpclisten")]
    public void Environment_names_are_taken_as_people_write_them(string name) =>
        Assert.Equal(new IPEndPoint(IPAddress.Any, 5), Read(environment: [(name, "0.0.0.0:5")]).GrpcListen);

    [Fact]
    public void File_takes_comments_sections_and_dashes()
    {
        var file = _folder.Write("my.conf", "# a comment\n; another\n\n[node]\n  --alias = with = sign \ngrpc_listen=[::1]:7\n");
        var settings = Read([("conf", file)]);
        Assert.Equal(("with = sign", new IPEndPoint(IPAddress.IPv6Loopback, 7)), (settings.Alias, settings.GrpcListen));
    }

    [Theory]
    [InlineData("network", "mainet", "mainnet")]
    [InlineData("grpc-listen", "10009", "HOST:PORT")]
    [InlineData("grpc-listen", "127.0.0.1:99999", "HOST:PORT")]
    [InlineData("rest-listen", "example.com:1", "HOST:PORT")]
    [InlineData("rest-listen", "127.0.0.1:10009", "grpc-listen")]
    [InlineData("listen", "here", "HOST:PORT")]
    [InlineData("external-address", "a:b:c", "HOST")]
    [InlineData("alias", "a name that is far too long for an announcement", "32")]
    [InlineData("bitcoind-rpc", "localhost:8332", "http://")]
    [InlineData("bitcoind-rpc", "http://user:password@localhost:8332", "bitcoind-user")]
    [InlineData("bitcoind-user", "somebody", "belong together")]
    [InlineData("bitcoind-cookie", "/no/such/file", "/no/such/file")]
    [InlineData("bitcoind-zmq-block", "http://127.0.0.1:1", "tcp://")]
    [InlineData("to-self-delay", "143", "144 to 2016")]
    [InlineData("to-self-delay", "2017", "144 to 2016")]
    [InlineData("to-self-delay", "a day", "144 to 2016")]
    [InlineData("database", "nonsense", "Host=")]
    [InlineData("database", "Host=db", "Database")]
    [InlineData("seed-passphrase-file", "/no/such/file", "/no/such/file")]
    [InlineData("import-seed", "/no/such/file", "/no/such/file")]
    [InlineData("log-level", "loud", "loud")]
    [InlineData("conf", "/no/such/file", "/no/such/file")]
    [InlineData("data-dir", "", "empty")]
    public void Senseless_value_is_refused_by_name(string name, string value, string text)
    {
        foreach (var (read, source) in new (Func<NodeSettings>, string)[]
        {
            (() => Read([(name, value)]), $"--{name}"),
            (() => Read(environment: [($"LN__{name}", value)]), $"LN__{name}"),
        })
        {
            var problem = Assert.Single(Assert.Throws<ConfigurationException>(read).Problems);
            Assert.StartsWith(source, problem, StringComparison.Ordinal);
            Assert.Contains(text, problem, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Problem_of_the_file_is_named_with_its_line()
    {
        _folder.Write("lightning.conf", "alias=fine\nnetwrok=regtest\nlisten\nrest-listen=x\nalias=again\n");
        var problems = Assert.Throws<ConfigurationException>(() => Read()).Problems;
        Assert.Collection(
            problems,
            p => Assert.Contains("lightning.conf line 2: there is no setting 'netwrok'; perhaps you mean network", p, StringComparison.Ordinal),
            p => Assert.Contains("lightning.conf line 3: expected name=value", p, StringComparison.Ordinal),
            p => Assert.Contains("lightning.conf line 5: 'alias' is set twice", p, StringComparison.Ordinal));
        _folder.Write("lightning.conf", "rest-listen=x\n");
        Assert.Matches("^rest-listen in .*lightning.conf line 1: 'x' is not HOST:PORT", Assert.Single(Assert.Throws<ConfigurationException>(() => Read()).Problems));
    }

    [Fact]
    public void Unknown_environment_variable_is_refused() =>
        Assert.Equal("LN__ALIS: there is no such setting; perhaps you mean alias.", Assert.Single(Assert.Throws<ConfigurationException>(() => Read(environment: [("LN__ALIS", "x")])).Problems));

    [Fact]
    public void All_problems_are_told_at_once() =>
        Assert.Equal(3, Assert.Throws<ConfigurationException>(() => Read([("network", "x"), ("listen", "x"), ("alias", new string('x', 33))])).Problems.Count);

    [Fact]
    public void Database_error_does_not_repeat_the_password() =>
        Assert.DoesNotContain("hunter2", Assert.Throws<ConfigurationException>(() => Read([("database", "Host=a;Databse=b;Password=hunter2;Port=hunter2")])).Message, StringComparison.Ordinal);

    [Fact]
    public void Passphrase_comes_from_a_file_or_the_environment()
    {
        var file = _folder.Write("passphrase", "correct horse\nsecond line\n");
        Assert.Equal("correct horse", Read([("seed-passphrase-file", file)]).SeedPassphrase);
        Assert.Equal("battery", Read(environment: [("LN__SEED_PASSPHRASE", "battery")]).SeedPassphrase);
        Assert.Throws<ConfigurationException>(() => Read([("seed-passphrase-file", file)], [("LN__SEED_PASSPHRASE", "battery")]));
    }

    [Fact]
    public void Lists_are_parted_by_commas_and_none_listens_nowhere()
    {
        var settings = Read([("listen", "0.0.0.0:9735, [::]:9735"), ("external-address", "node.example.com,1.2.3.4:5")]);
        Assert.Equal([new IPEndPoint(IPAddress.Any, 9735), new IPEndPoint(IPAddress.IPv6Any, 9735)], settings.Listen);
        Assert.Equal(["node.example.com:9735", "1.2.3.4:5"], settings.ExternalAddresses);
        Assert.Empty(Read([("listen", "none")]).Listen);
    }

    [Fact]
    public async Task Start_with_wrong_settings_ends_with_2_and_touches_nothing()
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        using var error = new StringWriter(CultureInfo.InvariantCulture);
        var dataDir = _folder.File("fresh");
        var context = new CommandContext(output, error, new Dictionary<string, string>(StringComparer.Ordinal));
        Assert.Equal(2, await CommandLine.RunAsync(["start", "--data-dir", dataDir, "--network", "moon", "--rest-listen", "x"], context));
        Assert.Contains("lightning: --network: Unknown network 'moon'", error.ToString(), StringComparison.Ordinal);
        Assert.Contains("lightning: --rest-listen: 'x'", error.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(dataDir));
    }

    private NodeSettings Read(IEnumerable<(string Name, string Value)>? flags = null, IEnumerable<(string Name, string Value)>? environment = null)
    {
        var given = (flags ?? []).ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal);
        var variables = (environment ?? []).ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);
        // Never the real home folder.
        if (!given.ContainsKey("data-dir") && !variables.ContainsKey("LN__data-dir")) given["data-dir"] = _folder.Path;
        return SettingsReader.Read(given, variables);
    }
}
