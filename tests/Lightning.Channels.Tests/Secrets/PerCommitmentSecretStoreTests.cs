using System.Globalization;
using Lightning.Channels.Secrets;

namespace Lightning.Channels.Tests.Secrets;

public sealed class PerCommitmentSecretStoreTests
{
    private static readonly Bytes32 Seed = Bytes32.FromHex("8f2d5a1c00112233445566778899aabbccddeeff0123456789abcdef01234567");

    [SkippableFact]
    public void Storage_vectors_of_appendix_d_hold()
    {
        foreach (var vector in Vectors.Json("bolt03/per-commitment-secrets.json").GetProperty("insert").EnumerateArray())
        {
            var store = PerCommitmentSecretStore.Empty;
            foreach (var step in vector.GetProperty("steps").EnumerateArray())
            {
                Assert.Equal(step.GetProperty("index").GetString(), store.NextIndex.ToString(CultureInfo.InvariantCulture));
                var inserted = store.TryInsert(Bytes32.FromHex(step.GetProperty("secret").GetString()!), out var extended);
                Assert.True(step.GetProperty("ok").GetBoolean() == inserted, $"{vector.GetProperty("name")}, index {store.NextIndex}");
                store = extended ?? store;
            }
        }
    }

    [Fact]
    public void Every_received_secret_is_found_again_after_each_insertion()
    {
        var store = PerCommitmentSecretStore.Empty;
        for (ulong number = 0; number < 70; number++)
        {
            Assert.False(store.TryGet(number, out _));
            Assert.True(store.TryInsert(SecretOf(number), out store!));
            for (ulong earlier = 0; earlier <= number; earlier++)
            {
                Assert.True(store.TryGet(earlier, out var secret));
                Assert.Equal(SecretOf(earlier), secret);
            }
        }
    }

    [Fact]
    public void Ten_thousand_secrets_take_fourteen_slots()
    {
        var store = Filled(10_000);
        Assert.Equal(8 + (14 * 32), store.ToBytes().Length);
        foreach (var number in new ulong[] { 0, 1, 4095, 4096, 8191, 8192, 9998, 9999 })
        {
            Assert.True(store.TryGet(number, out var secret));
            Assert.Equal(SecretOf(number), secret);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    public void A_store_survives_serialization(int count)
    {
        var store = Filled(count);
        var parsed = PerCommitmentSecretStore.Parse(store.ToBytes().Span);
        Assert.Equal(store, parsed);
        Assert.True(parsed.TryInsert(SecretOf((ulong)count), out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0000000000000001")]
    [InlineData("ffffffffffffffff")]
    [InlineData("00000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_store_is_refused(string hex) => Assert.Throws<FormatException>(() => PerCommitmentSecretStore.Parse(Convert.FromHexString(hex)));

    [Fact]
    public void A_secret_of_another_seed_is_refused_where_it_can_be_told()
    {
        var store = Filled(7);
        Assert.False(store.TryInsert(PerCommitmentSecrets.GenerateFromSeed(Bytes32.Zero, store.NextIndex), out var extended));
        Assert.Null(extended);
    }

    [Fact]
    public void It_shows_no_secret() => Assert.Equal("3 per-commitment secrets", Filled(3).ToString());

    private static Bytes32 SecretOf(ulong number) => PerCommitmentSecrets.GenerateFromSeed(Seed, PerCommitmentSecrets.IndexOf(number));

    private static PerCommitmentSecretStore Filled(int count)
    {
        var store = PerCommitmentSecretStore.Empty;
        for (ulong number = 0; number < (ulong)count; number++) Assert.True(store.TryInsert(SecretOf(number), out store!));
        return store;
    }
}
