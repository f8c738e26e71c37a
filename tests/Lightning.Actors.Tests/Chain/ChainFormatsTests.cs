using Lightning.Actors.Chain;
using Lightning.Actors.Serialization;
using Lightning.Bitcoin.Scripts;
using Lightning.Chain;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Parameters;
using static Lightning.Actors.Tests.Chain.ScriptedChain;

namespace Lightning.Actors.Tests.Chain;

public sealed class ChainFormatsTests
{
    private static readonly LocalChannelKey Channel = new(7, UInt128.MaxValue - 5);
    private static readonly Script Script = Script.FromHex("0014" + new string('c', 40));
    private static readonly ChainTip Tip = new(850_000, new BlockHash(Output(9).TxId.Value));

    public static TheoryData<string> All => [.. Samples.Keys];

    private static readonly Dictionary<string, object> Samples = new object[]
    {
        new ChainFollowed(Tip),
        new NewTip(Tip, uint.MaxValue),
        new ChainPoll(3, 4),
        new ChainStatus(3, 4, 5, null),
        new ChainStatus(3, 4, 5, new NewTip(Tip, 1)),
        Request(new WatchFunding(Channel, 1, Output(1), Script, 3)),
        Request(new WatchSpent(Channel, 1, Output(1), Script, IsFunding: true)),
        Request(new WatchSpent(Channel, 1, Output(1), Script, IsFunding: false)),
        Request(new WatchSpent(Channel, 1, Output(1), Script, IsFunding: false, new KnownSpend(Output(2).TxId, 850_000))),
        Request(new CheckFunding(Channel, 1, Output(1), Script)),
        Request(new PublishTransaction(Channel, Spend(Output(1)), TransactionPurpose.Penalty)),
        Request(new PublishTransaction(Channel, Spend(Output(1)), TransactionPurpose.Commitment, Spend(Output(2)))),
        Request(new StopPublishing(Channel, Output(1).TxId)),
        Request(new Unwatch(Channel)),
        Notice(new ChannelCommand.FundingConfirmed(Spend(Output(1)), 5, 6)),
        Notice(new ChannelCommand.FundingSpent(Spend(Output(1)), 5)),
        Notice(new ChannelCommand.OutputSpent(Spend(Output(1)), 5)),
        Notice(new ChannelCommand.FundingUndone(Output(1))),
        Notice(new ChannelCommand.OutputSpent(Spend(Output(1)), 0)),
        Notice(new ChannelCommand.SpendUndone(Output(1), Output(2).TxId)),
        Notice(new ChannelCommand.FundingChecked(Output(1), FundingStatus.Missing, 5)),
        Notice(new ChannelCommand.PublishAnswered(Output(1).TxId, PublishOutcome.TooCheap)),
    }.Select(static (sample, i) => (Name: $"{i} {sample.GetType().Name}", sample)).ToDictionary(static s => s.Name, static s => s.sample);

    private static ChainRequest Request(ChainCommand command) => new(1, 2, command);

    private static ChainNotice Notice(ChannelCommand command) => new(1, 2, Channel, command);

    [Theory]
    [MemberData(nameof(All))]
    public void Everything_said_about_the_chain_survives_its_bytes(string name)
    {
        var sample = Samples[name];
        var format = LightningSerializer.Formats.Find(sample.GetType())!;
        Assert.Equal(sample, format.Read(format.Write(sample), null!));
    }

    [Fact]
    public void Each_action_about_the_chain_has_its_command()
    {
        var transaction = Spend(Output(1));
        Assert.Equal(new WatchFunding(Channel, 5, Output(1), Script, 3), ChainCommand.For(Channel, new ChannelAction.WatchFundingConfirmed(Output(1), Script, 3), 5));
        Assert.Equal(new WatchSpent(Channel, 5, Output(1), Script, true), ChainCommand.For(Channel, new ChannelAction.WatchFundingSpent(Output(1), Script), 5));
        Assert.Equal(new WatchSpent(Channel, 5, Output(1), Script, false), ChainCommand.For(Channel, new ChannelAction.WatchOutputSpent(Output(1), Script), 5));
        Assert.Equal(
            new PublishTransaction(Channel, transaction, TransactionPurpose.Sweep), ChainCommand.For(Channel, new ChannelAction.Publish(transaction, TransactionPurpose.Sweep), 5));
        Assert.Equal(new WatchSpent(Channel, 9, Output(1), Script, false), ChainCommand.For(Channel, new ChannelAction.WatchOutputSpent(Output(1), Script, Since: 9), 5));
        var known = new KnownSpend(transaction.TxId, 8);
        Assert.Equal(new WatchSpent(Channel, 5, Output(1), Script, true, known), ChainCommand.For(Channel, new ChannelAction.WatchFundingSpent(Output(1), Script, known), 5));
        Assert.Equal(new WatchSpent(Channel, 9, Output(1), Script, false, known), ChainCommand.For(Channel, new ChannelAction.WatchOutputSpent(Output(1), Script, 9, known), 5));
        Assert.Equal(new CheckFunding(Channel, 5, Output(1), Script), ChainCommand.For(Channel, new ChannelAction.CheckFunding(Output(1), Script), 5));
        var parent = Spend(Output(2));
        Assert.Equal(
            new PublishTransaction(Channel, transaction, TransactionPurpose.Anchor, parent),
            ChainCommand.For(Channel, new ChannelAction.Publish(transaction, TransactionPurpose.Anchor, parent), 5));
        Assert.Equal(new StopPublishing(Channel, transaction.TxId), ChainCommand.For(Channel, new ChannelAction.StopPublishing(transaction.TxId), 5));
        Assert.Null(ChainCommand.For(Channel, new ChannelAction.ReportClosing(), 5));
    }
}
