using Lightning.TestKit.Exploration;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Claims;
using Lightning.Channels.Commands;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

public class TotalityTests
{
    private readonly Random _random = new(42);

    /// <summary>Every kind of command and message, sound and spoilt, to every state: no exception, and what is decided replays.</summary>
    [Fact]
    public void No_command_in_any_state_throws()
    {
        var rounds = int.Parse(Environment.GetEnvironmentVariable("LIGHTNING_TOTALITY_ROUNDS") ?? "25", System.Globalization.CultureInfo.InvariantCulture);
        var states = States();
        Assert.Equal(
            [
                "Aborted", "Closed", "Closing", "Negotiating", "NegotiatingSimple", "NoChannel", "Normal", "ShuttingDown", "WaitForAccept", "WaitForChannelReady",
                "WaitForFundingConfirmed", "WaitForFundingCreated", "WaitForFundingSigned", "WaitForFundingTransaction", "WaitForRemoteClose",
            ],
            states.Select(static one => one.State.GetType().Name).Distinct().Order(StringComparer.Ordinal));
        foreach (var (state, node) in states)
        {
            for (var i = 0; i < rounds; i++)
            {
                var now = state;
                for (var j = 0; j < 6; j++)
                {
                    var commands = Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Command(now, node)).ToArray();
                    var environment = node.Environment with { BlockHeight = (uint)_random.Next(0, 300), Guarded = _random.Next(8) == 0 };
                    var decision = Channel.Decide(now, commands, node.Signer, environment);
                    if (j == 5) Assert.Equal(StateDump.Of(decision.State), StateDump.Of(decision.Events.Aggregate(now, static (before, happened) => before.Apply(happened))));
                    now = decision.State;
                }
            }
        }
    }

    private static List<(ChannelState State, ChannelNode Node)> States()
    {
        var states = new List<(ChannelState, ChannelNode)>();
        foreach (var simple in (bool[])[true, false])
        {
            var pair = new ChannelPair(features: ChannelPair.AllFeatures | (simple ? ChannelFeatures.SimpleClose : ChannelFeatures.None));
            Keep();
            pair.Wire();
            pair.Alice.Do(pair.OpenCommand(1_000_000, 300_000_000));
            pair.Bob.Do(pair.AcceptCommand((OpenChannel)pair.Alice.Outbox.Dequeue()));
            Keep();
            pair.Run();
            Keep();
            pair.MakeFunding();
            Keep();
            pair.Run();
            Keep();
            pair.Alice.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
            Keep();
            pair.Bob.Do(new ChannelCommand.FundingConfirmed(pair.FundingTransaction!, 90, 4));
            pair.Run();
            var incoming = pair.Add(pair.Bob, 20_000_000, ChannelPair.Preimage(1));
            pair.Run();
            var old = pair.Alice.Journal.ToList();
            pair.Add(pair.Alice, 30_000_000, ChannelPair.Preimage(2));
            pair.Add(pair.Alice, 3_000_000, ChannelPair.Preimage(3));
            Keep();
            pair.Deliver(pair.Bob);
            pair.Deliver(pair.Bob);
            Keep();
            pair.Run();
            Keep();
            pair.Disconnect();
            Keep();
            pair.Connect();
            Keep();
            var opened = (pair.Alice.State, pair.Bob.State);
            pair.Run();
            pair.Bob.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
            pair.Alice.Do(new ChannelCommand.FailHtlc(0, new Bytes([1])));
            pair.Run();
            pair.Bob.Do(new ChannelCommand.CloseMutual());
            pair.Deliver(pair.Alice);
            Keep();
            pair.Bob.Do(new ChannelCommand.FailHtlc(1, new Bytes([1])));
            pair.Run();
            Keep();
            pair.Alice.Bury(pair.Alice.Last<ChannelAction.Publish>().Transaction);
            Keep();
            var commitments = pair.Bob.Funded.Commitments;
            commitments.Secrets.TryGet(commitments.RemoteNumber - 1, out var proof);
            (pair.Alice.State, pair.Bob.State) = opened;
            pair.Alice.Do(new ChannelCommand.ForceClose());
            Keep();
            pair.Bob.Do(new ChannelCommand.FundingSpent(pair.Alice.Last<ChannelAction.Publish>().Transaction, 100));
            Keep();
            var lost = new ChannelPair();
            lost.Alice.Journal.AddRange(old);
            lost.Alice.Restart();
            lost.Alice.Do(new ChannelCommand.Connected(new ConnectionId(Guid.Empty), 1, ChannelPair.AllFeatures));
            lost.Alice.Do(new ChannelCommand.PeerMessages(new ConnectionId(Guid.Empty), [new ChannelReestablish(lost.Alice.State.Id!.Value, 9, commitments.RemoteNumber, proof, commitments.RemotePoint)]));
            states.Add((lost.Alice.State, lost.Alice));
            var aborted = new ChannelPair();
            aborted.Wire();
            aborted.Alice.Do(aborted.OpenCommand(1));
            states.Add((aborted.Alice.State, aborted.Alice));
            Assert.NotNull(incoming);

            void Keep()
            {
                states.Add((pair.Alice.State, pair.Alice));
                states.Add((pair.Bob.State, pair.Bob));
            }
        }

        return states;
    }

    private ChannelCommand Command(ChannelState state, ChannelNode node)
    {
        var connection = state.Link.Status != LinkStatus.Offline && _random.Next(10) > 0 ? state.Link.Connection : new ConnectionId(new Guid(_random.Next(), 0, 0, new byte[8]));
        return _random.Next(32) switch
        {
            0 => new ChannelCommand.OwnershipTaken(),
            1 => new ChannelCommand.Connected(connection, 3, ChannelPair.AllFeatures),
            2 => new ChannelCommand.Disconnected(connection),
            3 => new ChannelCommand.NewBlock(),
            4 => new ChannelCommand.AddHtlc(Origin(), Amount(), ChannelPair.Preimage(_random.Next(4)).Hash, Number(), ChannelPair.Onion, null, Number()),
            5 => new ChannelCommand.FulfillHtlc(Id(), ChannelPair.Preimage(_random.Next(4))),
            6 => new ChannelCommand.FailHtlc(Id(), new Bytes([1])),
            7 => new ChannelCommand.FailMalformedHtlc(Id(), default, (ushort)_random.Next(65536)),
            8 => new ChannelCommand.FixForward(Id(), node.Key, _random.Next(2) == 0 ? node.Key : null),
            9 => new ChannelCommand.AcknowledgeResult(Origin()),
            10 => new ChannelCommand.CloseMutual(_random.Next(3) == 0 ? Script() : null, _random.Next(3) == 0 ? new FeeratePerKw(Number()) : null),
            11 => new ChannelCommand.ForceClose(),
            12 => new ChannelCommand.UpdateFee(new(Number())),
            13 => new ChannelCommand.FundingMade(Transaction(state), (ushort)_random.Next(3)),
            14 => new ChannelCommand.FundingFailed("no"),
            15 => new ChannelCommand.FundingConfirmed(Transaction(state), Number(), Number()),
            16 => new ChannelCommand.FundingSpent(Transaction(state), Number()),
            17 => new ChannelCommand.OutputSpent(Transaction(state), Number()),
            18 => new ChannelCommand.FundingUndone(Transaction(state).Inputs[0].PreviousOutput),
            19 => new ChannelCommand.RevokedCommitmentFound(Id(), new Channels.Transactions.CommitmentSpec(new(253), Amount(), Amount())),
            20 => new ChannelCommand.SpendUndone(Transaction(state).Inputs[0].PreviousOutput, Transaction(state).TxId),
            21 => new ChannelCommand.FundingChecked(Transaction(state).Inputs[0].PreviousOutput, (FundingStatus)_random.Next(4), Number()),
            22 => new ChannelCommand.PublishAnswered(Transaction(state).TxId, (PublishOutcome)_random.Next(7)),
            23 => new ChannelCommand.ClaimFunded(Id(), Transaction(state), [new ClaimCoin(default, Transaction(state).Outputs[0])], Amount().ToSatoshi()),
            24 => new ChannelCommand.ClaimNotFunded(Id(), "no"),
            25 => new ChannelCommand.SweepScriptGiven(Script()),
            26 => new ChannelCommand.AbortOpening("no", TellPeer: true),
            _ => new ChannelCommand.PeerMessages(connection, [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Message(state))]),
        };
    }

    private LightningMessage Message(ChannelState state)
    {
        var id = state.Id ?? default;
        var commitments = (state as FundedState)?.Commitments;
        var point = commitments?.RemotePoint ?? new ChannelNode("x", 3, new ChannelConfig { Network = Network.Regtest }).Signer.PerCommitmentPoint(0);
        var signature = commitments?.Latest.LocalSignatures?.Commitment ?? default;
        return _random.Next(19) switch
        {
            0 => new Error(_random.Next(2) == 0 ? id : default, "an error"),
            1 => new Warning(id, "a warning"),
            2 => new FundingCreated(id, default, (ushort)_random.Next(3), signature),
            3 => new FundingSigned(id, signature),
            4 => new ChannelReady(id, point),
            5 => new UpdateAddHtlc(id, Id(), Amount(), ChannelPair.Preimage(_random.Next(4)).Hash, Number(), ChannelPair.Onion),
            6 => new UpdateFulfillHtlc(id, Id(), ChannelPair.Preimage(_random.Next(4))),
            7 => new UpdateFailHtlc(id, Id(), new Bytes([2])),
            8 => new UpdateFailMalformedHtlc(id, Id(), default, (ushort)_random.Next(65536)),
            9 => new UpdateFee(id, new(Number())),
            10 => new CommitmentSigned(id, signature, []),
            11 => new RevokeAndAck(id, ChannelPair.Preimage(1).Value, point),
            12 => new ChannelReestablish(id, Id(), Id(), _random.Next(2) == 0 ? default : ChannelPair.Preimage(1).Value, point),
            13 => new ChannelReestablish(id, (commitments?.LocalNumber ?? 0) + 1, commitments?.RemoteNumber ?? 0, default, point),
            14 => new Shutdown(id, Script()),
            15 => new ClosingSigned(id, Amount().ToSatoshi(), signature) { FeeRange = _random.Next(2) == 0 ? null : new FeeRange(Amount().ToSatoshi(), Amount().ToSatoshi()) },
            16 => new ClosingComplete(id, Script(), Script(), Amount().ToSatoshi(), Number()) { CloserAndCloseeOutputs = _random.Next(2) == 0 ? null : signature, CloserOutputOnly = signature },
            17 => new ClosingSig(id, Script(), Script(), Amount().ToSatoshi(), Number()) { CloseeOutputOnly = signature },
            _ => new UnknownMessage(40_001, new Bytes([1])),
        };
    }

    private ulong Id() => _random.Next(8) switch
    {
        0 => ulong.MaxValue,
        1 => (ulong)_random.NextInt64(),
        _ => (ulong)_random.Next(3),
    };

    private uint Number() => _random.Next(4) switch
    {
        0 => uint.MaxValue - (uint)_random.Next(2),
        1 => (uint)_random.Next(),
        _ => (uint)_random.Next(0, 3_000),
    };

    private MilliSatoshi Amount() => new(_random.Next(5) switch
    {
        0 => Satoshi.MaxMoney.Value * 1000,
        1 => 0,
        2 => _random.NextInt64(0, 2_000_000_000),
        _ => _random.Next(0, 100_000_000),
    });

    private HtlcOrigin Origin() => new HtlcOrigin.Relayed(default, (ulong)_random.Next(5));

    private Script Script() => _random.Next(3) switch
    {
        0 => new Script(new Bytes([1, 2, 3])),
        1 => new Script(new Bytes([0, 20, .. Enumerable.Repeat((byte)1, 20)])),
        _ => new Script(new Bytes([0, 20, .. Enumerable.Repeat((byte)2, 20)])),
    };

    private Transaction Transaction(ChannelState state)
    {
        var funding = (state as FundedState)?.Commitments.Latest.Funding.OutPoint ?? default;
        var input = new TxIn(_random.Next(4) == 0 ? default : funding, Bitcoin.Scripts.Script.Empty, _random.Next(2) == 0 ? 0xFFFF_FFFD : 0x8000_0000u + (uint)_random.Next(0xFF_FFFF), Witness.Empty);
        return new Transaction(2, [input], [new TxOut(Amount().ToSatoshi(), Script())], _random.Next(2) == 0 ? 0 : 0x2000_0000u + (uint)_random.Next(0xFF_FFFF));
    }
}
