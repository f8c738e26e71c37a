using Lightning.Bitcoin.Crypto;

namespace Lightning.Bitcoin.Tests.Crypto;

public sealed class Secp256k1Tests
{
    [Fact]
    public void Misuse_of_the_library_is_an_exception_and_not_the_end_of_the_process()
    {
        Span<byte> point = stackalloc byte[Secp256k1.PointSize];
        point.Clear(); // an all-zero point is what the library aborts on by default
        Assert.Equal(0, Secp256k1.secp256k1_ec_pubkey_negate(Secp256k1.Context, point));
        Assert.Contains("libsecp256k1", Secp256k1.Failure("It failed.").Message, StringComparison.Ordinal);
        Assert.Equal("It failed.", Secp256k1.Failure("It failed.").Message);
    }

    [Fact]
    public void A_configured_library_that_does_not_load_is_an_error_that_names_it()
    {
        Assert.NotEqual(0, Secp256k1.Context); // loaded before, so that tests running beside this one are not disturbed
        AppContext.SetData(Secp256k1Locator.Setting, "/nowhere/libsecp256k1.so");
        try
        {
            var error = Assert.Throws<Secp256k1NotFoundException>(() => Secp256k1Locator.Load());
            Assert.Contains("/nowhere/libsecp256k1.so", error.Message, StringComparison.Ordinal);
            Assert.Contains(Secp256k1Locator.Setting, error.Message, StringComparison.Ordinal);
        }
        finally
        {
            AppContext.SetData(Secp256k1Locator.Setting, null);
        }
    }
}
