namespace Lightning.Bitcoin.Primitives;

/// <summary>One Bitcoin network: what differs between them for addresses, keys and Lightning.</summary>
public sealed record Network
{
    private Network(string name, string bech32, string invoicePrefix, byte p2pkh, byte p2sh, byte wif, uint xpub, uint xprv, string genesis, int coinType)
    {
        (Name, Bech32Prefix, InvoicePrefix, P2pkhVersion, P2shVersion, WifVersion, ExtPubVersion, ExtPrvVersion, CoinType) =
            (name, bech32, invoicePrefix, p2pkh, p2sh, wif, xpub, xprv, coinType);
        GenesisHash = BlockHash.Parse(genesis);
    }

    /// <summary>The name in configuration: mainnet, testnet, signet, regtest.</summary>
    public string Name { get; }

    /// <summary>Human readable part of segwit addresses (BIP 173).</summary>
    public string Bech32Prefix { get; }

    /// <summary>Prefix of BOLT 11 invoices after <c>ln</c>.</summary>
    public string InvoicePrefix { get; }

    /// <summary>Base58 version byte of pay-to-pubkey-hash addresses.</summary>
    public byte P2pkhVersion { get; }

    /// <summary>Base58 version byte of pay-to-script-hash addresses.</summary>
    public byte P2shVersion { get; }

    /// <summary>Base58 version byte of private keys.</summary>
    public byte WifVersion { get; }

    /// <summary>BIP 32 version of public extended keys.</summary>
    public uint ExtPubVersion { get; }

    /// <summary>BIP 32 version of private extended keys.</summary>
    public uint ExtPrvVersion { get; }

    /// <summary>Hash of block 0: BOLT 2's and BOLT 7's chain_hash.</summary>
    public BlockHash GenesisHash { get; }

    /// <summary>SLIP 44 coin type in derivation paths.</summary>
    public int CoinType { get; }

    /// <summary>The network with real money.</summary>
    public static Network Mainnet { get; } = new("mainnet", "bc", "bc", 0, 5, 128, 0x0488B21E, 0x0488ADE4, "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", 0);

    /// <summary>The third public test network.</summary>
    public static Network Testnet { get; } = new("testnet", "tb", "tb", 111, 196, 239, 0x043587CF, 0x04358394, "000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943", 1);

    /// <summary>The signed test network.</summary>
    public static Network Signet { get; } = new("signet", "tb", "tbs", 111, 196, 239, 0x043587CF, 0x04358394, "00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6", 1);

    /// <summary>The private network for tests, where blocks are made at will.</summary>
    public static Network Regtest { get; } = new("regtest", "bcrt", "bcrt", 111, 196, 239, 0x043587CF, 0x04358394, "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206", 1);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Network> All { get; } = [Mainnet, Testnet, Signet, Regtest];

    /// <summary>Finds a network by name.</summary>
    /// <exception cref="FormatException">No such network.</exception>
    public static Network Parse(string name) => All.FirstOrDefault(n => n.Name == name)
        ?? throw new FormatException($"Unknown network '{name}': expected one of {string.Join(", ", All.Select(n => n.Name))}.");

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
