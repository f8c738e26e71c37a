using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Tests.Crypto;

public sealed class HashesTests
{
    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "b0e20b6e3116640286ed3a87a5713079b21f5189")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "9b752e45573d4b39f4dbd3323cab82bf63326bfb")]
    public void RIPEMD_160_gives_its_authors_figures(string text, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Hashes.Ripemd160(Encoding.ASCII.GetBytes(text))));

    [Fact]
    public void RIPEMD_160_of_a_million_times_a() =>
        Assert.Equal("52783243c1697bdbe16d37f97f68f08325dc1528", Convert.ToHexStringLower(Hashes.Ripemd160(Encoding.ASCII.GetBytes(new string('a', 1_000_000)))));

    [Fact]
    public void Hash160_of_the_generator_is_the_well_known_one() => Assert.Equal(
        "751e76e8199196d454941c45d1b3a323f1433bd6",
        Convert.ToHexStringLower(Hashes.Hash160(Convert.FromHexString("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"))));

    [Fact]
    public void A_tagged_hash_is_the_hash_of_the_tag_twice_and_the_data_at_any_length() =>
        Gen.Select(Gen.String[0, 20], Gen.Byte.Array[0, 600]).Sample((tag, data) =>
        {
            var tagHash = SHA256.HashData(Encoding.UTF8.GetBytes(tag));
            Assert.Equal(new Bytes32(SHA256.HashData([.. tagHash, .. tagHash, .. data])), Hashes.Tagged(tag, data));
        }, iter: 200);
}
