using System.Globalization;
using Lightning.Channels.Secrets;

namespace Lightning.Channels.Tests.Secrets;

public sealed class PerCommitmentSecretsTests
{
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 281474976710655, "02a40c85b6f28da08dfdbe0926c53fab2de6d28c10301f8f7c4073d5e42e3148")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0xaaaaaaaaaaa, "56f4008fb007ca9acf0e15b054d5c9fd12ee06cea347914ddbaed70d1c13a528")]
    [InlineData("0101010101010101010101010101010101010101010101010101010101010101", 1, "915c75942a26bb3a433a8ce2cb0427c29ec6c1775cfc78328b57f6ba7bfeaa9c")]
    public void A_secret_follows_from_the_seed(string seed, ulong index, string secret) =>
        Assert.Equal(secret, PerCommitmentSecrets.GenerateFromSeed(Bytes32.FromHex(seed), index).ToString());

    [SkippableFact]
    public void Generation_vectors_of_appendix_d_hold()
    {
        foreach (var vector in Vectors.Json("bolt03/per-commitment-secrets.json").GetProperty("generate").EnumerateArray())
        {
            var index = ulong.Parse(vector.GetProperty("index").GetString()!, CultureInfo.InvariantCulture);
            var secret = PerCommitmentSecrets.GenerateFromSeed(Bytes32.FromHex(vector.GetProperty("seed").GetString()!), index);
            Assert.Equal(vector.GetProperty("output").GetString(), secret.ToString());
        }
    }

    [Fact]
    public void The_first_commitment_has_the_highest_index()
    {
        Assert.Equal(281474976710655ul, PerCommitmentSecrets.IndexOf(0));
        Assert.Equal(281474976710613ul, PerCommitmentSecrets.IndexOf(42));
        Assert.Throws<ArgumentOutOfRangeException>(() => PerCommitmentSecrets.IndexOf(1ul << 48));
    }
}
