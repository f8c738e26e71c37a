using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Transactions;

namespace Lightning.Channels.Tests.Transactions;

/// <summary>One case of the commitment vectors of BOLT 3, lnd or eclair.</summary>
internal sealed record CommitmentVector(
    string Name, CommitmentSpec Spec, Satoshi DustLimit, EcdsaSignature RemoteSignature, string CommitmentTransaction, ImmutableArray<(EcdsaSignature RemoteSignature, string Transaction)> Htlcs)
{
    /// <summary>The JSON of appendix C.</summary>
    public static IEnumerable<CommitmentVector> Bolt3Legacy(string file)
    {
        foreach (var vector in Vectors.Json(file).GetProperty("cases").EnumerateArray())
        {
            yield return Make(
                Text(vector, "name"),
                Number(vector, "to_local_msat"),
                Number(vector, "to_remote_msat"),
                Number(vector, "local_feerate_per_kw"),
                546,
                Text(vector, "remote_signature"),
                Text(vector, "commit_tx"),
                vector.GetProperty("htlc_transactions").EnumerateArray().Select(htlc => (Text(htlc, "remote_htlc_signature"), Text(htlc, "tx"))));
        }
    }

    /// <summary>The JSON of appendix F and of lnd.</summary>
    public static IEnumerable<CommitmentVector> Lnd(string file)
    {
        foreach (var vector in Vectors.Json(file).EnumerateArray())
        {
            yield return Make(
                Text(vector, "Name"),
                Number(vector, "LocalBalance"),
                Number(vector, "RemoteBalance"),
                Number(vector, "FeePerKw"),
                vector.TryGetProperty("DustLimitSatoshis", out var dust) ? dust.GetInt64() : 546,
                Text(vector, "RemoteSigHex"),
                Text(vector, "ExpectedCommitmentTxHex"),
                vector.GetProperty("HtlcDescs").EnumerateArray().Select(htlc => (Text(htlc, "RemoteSigHex"), Text(htlc, "ResolutionTxHex"))));
        }
    }

    /// <summary>The text of eclair: "key: value" or "key = value", cases apart by an empty line.</summary>
    public static IEnumerable<CommitmentVector> Eclair(string file)
    {
        foreach (var block in File.ReadAllText(Vectors.PathOf(file)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var lines = block.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Where(line => !line.StartsWith('#'))
                .Select(line => line.Split(line.Contains(" = ", StringComparison.Ordinal) ? " = " : ": ", 2))
                .ToArray();
            string? Find(string key) => lines.FirstOrDefault(line => line[0] == key)?[1];
            long FindNumber(string key) => long.Parse(Find(key)!, CultureInfo.InvariantCulture);
            // One of its remote_signature lines is that of another case: what the signed transaction holds is the truth.
            var signature = Transaction.FromHex(Find("output commit_tx")!).Inputs[0].Witness.Stack[2].ToString()[..^2];
            yield return Make(
                Find("name")!,
                FindNumber("to_local_msat"),
                FindNumber("to_remote_msat"),
                FindNumber("local_feerate_per_kw"),
                Find("dust_limit_satoshis") is null ? 546 : FindNumber("dust_limit_satoshis"),
                signature,
                Find("output commit_tx")!,
                lines.Where(line => line[0] == "remote_htlc_signature").Select(line => line[1])
                    .Zip(lines.Where(line => line[0].StartsWith("htlc_", StringComparison.Ordinal)).Select(line => line[1])));
        }
    }

    private static CommitmentVector Make(
        string name, long toLocal, long toRemote, long feerate, long dustLimit, string remoteSignature, string commitment, IEnumerable<(string Signature, string Transaction)> htlcs) => new(
            name,
            new CommitmentSpec(new FeeratePerKw((uint)feerate), toLocal.Msat(), toRemote.Msat(), Bolt3Channel.HtlcsOf(name)),
            dustLimit.Sat(),
            Signature(remoteSignature),
            commitment,
            [.. htlcs.Select(htlc => (Signature(htlc.Signature), htlc.Transaction))]);

    private static EcdsaSignature Signature(string der)
    {
        Assert.True(EcdsaSignature.TryFromDer(Convert.FromHexString(der), out var signature));
        return signature;
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    private static long Number(JsonElement element, string name) => element.GetProperty(name).GetInt64();
}
