using Lightning.Channels.Keys;
using Lightning.Channels.Secrets;
using Lightning.Channels.Signing;

namespace Lightning.Channels.Tests.Keys;

public sealed class ChannelSecretsTests
{
    private static readonly byte[] Seed = Enumerable.Range(0, 64).Select(value => (byte)value).ToArray();

    [Fact]
    public void Derivation_never_changes()
    {
        // Coins depend on these keys: computed apart from this code, with HKDF as ChannelSecrets documents it.
        using var secrets = ChannelSecrets.Derive(Seed, 5);
        Assert.Equal("54496611a1a5afdf92b4a7fb25abada2548586d0f9bcbebf4d73232cb3c667ca", secrets.Funding(0).ToBytes().ToString());
        Assert.Equal("55f6bc141c3996ab56f3e3a5370fcd1aaf104acef6e48ca43c642e7375eaaac8", secrets.Funding(1).ToBytes().ToString());
        Assert.Equal("7babe638af57607936a972deb1dd60b46aefe33ac591f2e59b8b68119d750472", secrets.Revocation.ToBytes().ToString());
        Assert.Equal("c6403d2f757792ded12a0f10344aac7728639fce72abc090ceab41c5046a3b1a", secrets.Payment.ToBytes().ToString());
        Assert.Equal("0545898d6a674b81c1fcc98cb47bfd199ab4bca2e21c4c164be914de04c7589a", secrets.DelayedPayment.ToBytes().ToString());
        Assert.Equal("a5871f24fef4037372f8d9a37cc45867353ef953b866694502ab6cba1dfd878a", secrets.Htlc.ToBytes().ToString());

        // In whatever order they are asked for, the secrets are those of the seed.
        var seed = Bytes32.FromHex("f82ddabedbb8f6d4bd1de2c224569c92b602d25ae564583c74f584fd86caccd0");
        foreach (var index in new ulong[] { 0xFFFF_FFFF_FFFF, 0xFFFF_FFFF_0000, 0xFFFF_FFFE_FFFF, 0xFFFF_FFFF_FFFE, 1, 0 })
        {
            Assert.Equal(PerCommitmentSecrets.GenerateFromSeed(seed, index), secrets.PerCommitmentSecret(index));
        }
    }

    [Fact]
    public void All_keys_of_all_channels_differ()
    {
        var keys = new HashSet<string>();
        foreach (var index in new ulong[] { 0, 1, ulong.MaxValue })
        {
            using var signer = new LocalChannelSigner(Seed, index);
            var basepoints = signer.Basepoints;
            foreach (var key in new[] { basepoints.FundingPubKey, basepoints.Revocation, basepoints.Payment, basepoints.DelayedPayment, basepoints.Htlc, signer.FundingPubKey(1), signer.PerCommitmentPoint(0), signer.PerCommitmentPoint(1) })
            {
                Assert.True(keys.Add(key.ToString()));
            }
        }
    }

    [Fact]
    public void A_short_seed_is_refused() => Assert.Throws<ArgumentException>(() => new LocalChannelSigner(new byte[31], 0));

    [Fact]
    public void A_disposed_signer_signs_no_more()
    {
        var signer = new LocalChannelSigner(Seed, 0);
        signer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => signer.PerCommitmentPoint(0));
    }
}
