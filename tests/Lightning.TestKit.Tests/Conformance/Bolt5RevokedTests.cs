using Lightning.Actors.Api;
using Lightning.Bitcoin.Transactions;

namespace Lightning.TestKit.Tests.Conformance;

/// <summary>BOLT 5 "Revoked Transaction Close Handling": mallory publishes a commitment that she has revoked, with an HTLC of hers and one of alice's.</summary>
public sealed class Bolt5RevokedTests
{
    [Fact]
    public async Task A_cheater_loses_everything_with_HTLCs_in_flight_both_ways()
    {
        await using var cheat = await Cheat.Make();
        await cheat.Net.Chain.MineHidden(cheat.Old.Transaction);
        await cheat.ShouldLoseEverything();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cheater_loses_everything_also_what_it_took_by_HTLC_transactions(bool restarts)
    {
        await using var cheat = await Cheat.Make();
        await cheat.Net.Chain.MineHidden(cheat.Old.Transaction);
        await cheat.Net.Chain.MineHidden(cheat.Old.Take((0, cheat.Preimage)));

        // The preimage is a proof whoever shows it, and wherever.
        if (restarts) await cheat.Met.Alice.Restart();
        else Assert.Equal(PaymentStatus.Succeeded, (await cheat.Payment.End()).Info.Status);
        await cheat.WaitForExpiry();
        await cheat.Net.Chain.MineHidden(cheat.Old.Take((cheat.Offered, null)));
        if (restarts) await cheat.Met.Alice.Restart();
        await cheat.ShouldLoseEverything();
    }

    [Fact]
    public async Task A_cheater_loses_everything_also_what_it_took_joined_in_one_transaction()
    {
        await using var cheat = await Cheat.Make();
        await cheat.Net.Chain.MineHidden(cheat.Old.Transaction);
        await cheat.Net.Chain.MineHidden(cheat.Old.Take((0, cheat.Preimage), (1, cheat.SecondPreimage)));
        Assert.Equal(PaymentStatus.Succeeded, (await cheat.Payment.End()).Info.Status);
        Assert.Equal(PaymentStatus.Succeeded, (await cheat.SecondPayment.End()).Info.Status);
        await cheat.ShouldLoseEverything();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cheater_loses_everything_when_the_node_restarts_between_the_stages(bool isAwayForTheFirst)
    {
        await using var cheat = await Cheat.Make();
        if (isAwayForTheFirst) await cheat.Met.Alice.Crash();
        await cheat.Net.Chain.MineHidden(cheat.Old.Transaction);
        if (!isAwayForTheFirst) await cheat.Met.Alice.Crash();
        await cheat.Net.Chain.MineHidden(cheat.Old.Take((0, cheat.Preimage)));
        await cheat.Met.Alice.Start();
        await cheat.ShouldLoseEverything();
    }

    private sealed class Cheat : IAsyncDisposable
    {
        private Cheat(Encounter met) => Met = met;

        public Encounter Met { get; }

        public ScenarioNetwork Net => Met.Net;

        /// <summary>Mallory's commitment, which she has revoked.</summary>
        public ScriptedCommitment Old { get; private init; } = null!;

        /// <summary>Alice's to mallory, HTLC 0 of alice.</summary>
        public ScenarioPayment Payment { get; private init; } = null!;

        public PaymentPreimage Preimage { get; private init; }

        /// <summary>HTLC 1 of alice.</summary>
        public ScenarioPayment SecondPayment { get; private init; } = null!;

        public PaymentPreimage SecondPreimage { get; private init; }

        /// <summary>Mallory's own HTLC.</summary>
        public ulong Offered => 0;

        private uint Expiry { get; init; }

        public static async Task<Cheat> Make()
        {
            var met = await Encounter.Opened();
            var held = await met.Alice.HoldInvoice(50_000.Sat());
            met.Channel.Pay(held);
            await met.Channel.Run();
            var invoice = met.Mallory.Invoice(40_000_000.Msat());
            var payment = await met.Alice.StartPayment(invoice);
            var second = met.Mallory.Invoice(60_000_000.Msat());
            var secondPayment = await met.Alice.StartPayment(second);
            await met.Channel.Run();
            var old = met.Channel.Keep();
            var expiry = met.Channel.Commitments.Latest.LocalSpec.Htlcs.Max(static htlc => htlc.CltvExpiry);
            Assert.NotNull(old.HtlcOutput(0, isIncoming: true));
            Assert.NotNull(old.HtlcOutput(0, isIncoming: false));
            met.Channel.Pay(await met.Alice.Invoice(20_000.Sat()));
            await met.Channel.Run();
            return new Cheat(met)
            {
                Old = old,
                Payment = payment,
                Preimage = invoice.Preimage!.Value,
                SecondPayment = secondPayment,
                SecondPreimage = second.Preimage!.Value,
                Expiry = expiry,
            };
        }

        /// <summary>No miner takes what alice publishes before mallory's HTLC has expired.</summary>
        public async Task WaitForExpiry()
        {
            while (Net.Chain.Height < Expiry) await Net.Chain.MineHidden();
        }

        public async Task ShouldLoseEverything()
        {
            await Net.End(Met.Channel);
            ShouldBeTaken(Old.Transaction);
            Assert.InRange((await Met.Alice.WalletBalance()).Confirmed.Value, Encounter.Capacity.Value - 25_000, Encounter.Capacity.Value + 330);
        }

        // Mallory's transactions are followed to what alice made of their outputs.
        private void ShouldBeTaken(Transaction transaction)
        {
            for (var i = 0; i < transaction.Outputs.Length; i++)
            {
                if (transaction.Outputs[i].Value == new Satoshi(330)) continue;
                var spender = Net.Chain.FindConfirmedSpender(new OutPoint(transaction.TxId, (uint)i));
                Assert.True(spender is not null, $"Nobody has taken output {i} of {transaction.TxId}.");
                if (!Met.Alice.HasPublished(spender.TxId)) ShouldBeTaken(spender);
            }
        }

        public ValueTask DisposeAsync() => Met.DisposeAsync();
    }
}
