using Lightning.Bitcoin.Crypto;
using Lightning.Channels.Keys;

namespace Lightning.Channels.Tests.Keys;

public sealed class KeyDerivationTests
{
    private static readonly PubKey Point = PubKey.FromHex("025f7117a78150fe2ef97db7cfc83bd57b2e2c0d0dd25eaf467a4a1c2a45ce1486");
    private static readonly PubKey Basepoint = PubKey.FromHex("036d6caac248af96f6afa7f904f550253a0f3ef3f5aa2fe6838a95b216691468e2");

    [Fact]
    public void Local_pubkey_follows_from_basepoint_and_point() =>
        Assert.Equal("0235f2dbfaa89b57ec7b055afe29849ef7ddfeb1cefdb9ebdc43f5494984db29e5", KeyDerivation.DerivePubKey(Basepoint, Point).ToString());

    [Fact]
    public void Revocation_pubkey_follows_from_basepoint_and_point() =>
        Assert.Equal("02916e326636d19c33f13e8c0c3a03dd157f332f3e99c317c141dd865eb01f8ff0", KeyDerivation.RevocationPubKey(Basepoint, Point).ToString());

    [SkippableFact]
    public void Vectors_of_appendix_e_hold_on_both_sides()
    {
        var vector = Vectors.Json("bolt03/key-derivation.json");
        string Text(string name) => vector.GetProperty(name).GetString()!;
        using var baseSecret = Key.FromBytes(Convert.FromHexString(Text("base_secret")));
        using var perCommitmentSecret = Key.FromBytes(Convert.FromHexString(Text("per_commitment_secret")));
        Assert.Equal(Text("base_point"), baseSecret.PubKey.ToString());
        Assert.Equal(Text("per_commitment_point"), perCommitmentSecret.PubKey.ToString());

        Assert.Equal(Text("localpubkey"), KeyDerivation.DerivePubKey(baseSecret.PubKey, perCommitmentSecret.PubKey).ToString());
        using var local = KeyDerivation.DeriveKey(baseSecret, perCommitmentSecret.PubKey);
        Assert.Equal(Text("localprivkey"), local.ToBytes().ToString());
        Assert.Equal(Text("localpubkey"), local.PubKey.ToString());

        Assert.Equal(Text("revocationpubkey"), KeyDerivation.RevocationPubKey(baseSecret.PubKey, perCommitmentSecret.PubKey).ToString());
        using var revocation = KeyDerivation.RevocationKey(baseSecret, perCommitmentSecret);
        Assert.Equal(Text("revocationprivkey"), revocation.ToBytes().ToString());
        Assert.Equal(Text("revocationpubkey"), revocation.PubKey.ToString());
    }
}
