using Lightning.TestKit.Exploration;
using System.Globalization;
using Lightning.Bitcoin.Crypto;
using Lightning.Bitcoin.Scripts;
using Lightning.Bitcoin.Transactions;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>Messages and commands without sense, in every state: nothing throws, nothing leaves before its event, and replay gives the same state.</summary>
public class RobustnessTests
{
    [Fact]
    public void Nothing_that_a_peer_or_a_shell_says_throws_or_gets_a_signature_before_its_event()
    {
        var seconds = double.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SECONDS") ?? "0", CultureInfo.InvariantCulture);
        var first = int.Parse(Environment.GetEnvironmentVariable("LIGHTNING_EXPLORE_SEED") ?? "1", CultureInfo.InvariantCulture);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var visited = new HashSet<string>();
        for (var seed = first; seed < first + 50 || watch.Elapsed.TotalSeconds < seconds; seed++) new Noise(seed, visited).Run(60);
        foreach (var state in typeof(ChannelState).Assembly.GetTypes().Where(static type => type is { IsSealed: true, IsAbstract: false } && type.IsSubclassOf(typeof(ChannelState))))
            Assert.Contains(state.Name, visited);
    }

    private sealed class Noise
    {
        private readonly int _seed;
        private readonly Random _random;
        private readonly ChannelPair _pair;
        private readonly HashSet<string> _visited;
        private readonly List<string> _story = [];
        private readonly List<LightningMessage> _heard = [];
        private readonly List<Transaction> _commitments = [];
        private int _count;

        public Noise(int seed, HashSet<string> visited)
        {
            (_seed, _random, _visited) = (seed, new Random(seed), visited);
            var features = ChannelPair.AllFeatures | (_random.Next(2) == 0 ? ChannelFeatures.SimpleClose : ChannelFeatures.None);
            _pair = new ChannelPair(_random.Next(2) == 0 ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey, features: features);
        }

        public void Run(int steps)
        {
            try
            {
                Progress(_random.Next(12));
                for (var i = 0; i < steps; i++)
                {
                    var node = Any(_pair.Alice, _pair.Bob);
                    switch (_random.Next(8))
                    {
                        case 0:
                            Sensible();
                            break;
                        case 1 when node.State is not FundedState { IsFinal: true }:
                            node.Restart();
                            break;
                        case < 5:
                            if (node.Connection is { } connection) Do(node, new ChannelCommand.PeerMessages(connection, [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => Message(node))]));
                            else Do(node, new ChannelCommand.Connected((node.Connection = new ConnectionId(new Guid(_random.Next(), 1, 1, new byte[8]))).Value, 1, _pair.Features));
                            break;
                        default:
                            Do(node, Command(node));
                            break;
                    }
                }
            }
            catch (Exception failure) when (failure is not Xunit.Sdk.XunitException)
            {
                Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"Seed {_seed}: {failure}\n{string.Join('\n', _story.TakeLast(12))}"));
            }
        }

        // So far it goes as it should; the noise begins somewhere on the way.
        private void Progress(int far)
        {
            var (alice, bob) = (_pair.Alice, _pair.Bob);
            Seen();
            if (far == 0) return;
            _pair.Wire();
            Do(alice, _pair.OpenCommand(1_000_000, 300_000_000));
            if (far == 1) return;
            Do(bob, _pair.AcceptCommand((OpenChannel)alice.Outbox.Dequeue()));
            if (far == 2) return;
            _pair.Deliver(alice);
            Seen();
            if (far == 3) return;
            _pair.MakeFunding();
            Seen();
            if (far == 4) return;
            _pair.Run();
            Seen();
            if (far == 5) return;
            Do(alice, new ChannelCommand.FundingConfirmed(_pair.FundingTransaction!, 90, 4));
            if (far == 6) return;
            Do(bob, new ChannelCommand.FundingConfirmed(_pair.FundingTransaction!, 90, 4));
            _pair.Run();
            for (var i = _random.Next(6); i > 0; i--)
            {
                _pair.Add(Any(alice, bob), _random.Next(1, 50_000_000), ChannelPair.Preimage(++_count));
                if (_random.Next(2) == 0) _pair.Run();
                KeepCommitments();
            }

            if (far < 9) return;
            Do(Any(alice, bob), new ChannelCommand.CloseMutual());
            if (far == 9) return;
            _pair.Run();
            foreach (var node in (ChannelNode[])[alice, bob])
            {
                foreach (var htlc in node.Received.ToList()) Do(node, new ChannelCommand.FailHtlc(htlc.Htlc.Id, new Bytes([1])));
            }

            _pair.Run();
            Seen();
            if (far < 11) return;
            // One of the two has lost its data.
            bob.Journal.RemoveRange(bob.Journal.Count / 2, bob.Journal.Count - (bob.Journal.Count / 2));
            bob.Restart();
            _pair.Reconnect();
            Seen();
        }

        private void Sensible()
        {
            switch (_random.Next(3))
            {
                case 0 when _pair.Alice.State is FundedState && _pair.Bob.State is FundedState:
                    _pair.Disconnect();
                    _pair.Connect();
                    break;
                default:
                    for (var i = _random.Next(6); i > 0; i--)
                    {
                        if (_pair.Alice.Connection is not null) _pair.Deliver(_pair.Alice);
                        if (_pair.Bob.Connection is not null) _pair.Deliver(_pair.Bob);
                    }

                    break;
            }

            KeepCommitments();
            Seen();
        }

        private void KeepCommitments()
        {
            foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob])
            {
                if (node.State is FundedState funded && funded.Commitments.Broadcastable(node.Signer) is { } transaction) _commitments.Add(transaction);
            }
        }

        private void Seen()
        {
            _visited.Add(_pair.Alice.State.GetType().Name);
            _visited.Add(_pair.Bob.State.GetType().Name);
            _heard.AddRange(_pair.Alice.Sent.Concat(_pair.Bob.Sent).Skip(_heard.Count).Take(50));
        }

        private void Do(ChannelNode node, ChannelCommand command)
        {
            _story.Add($"{node.Name} in {node.State.GetType().Name}: {command}");
            var before = node.State;
            var decision = node.Do(command);
            Assert.All(decision.AtOnce, static action => Assert.IsType<ChannelAction.HtlcFulfilled>(action));
            if (!decision.Durable.Any()) Assert.All(decision.Actions, action => AssertNeedsNoEvent(before, decision, action));
            if (node.State is FundedState) Assert.Equal(StateDump.Of(node.Replay()), StateDump.Of(node.State));
            Seen();
        }

        // Without an event only what is durable already, or binds nobody, may leave.
        private static void AssertNeedsNoEvent(ChannelState before, Decision decision, ChannelAction action)
        {
            switch (action)
            {
                case ChannelAction.Send { Message: OpenChannel or AcceptChannel or Warning }:
                case ChannelAction.Send { Message: Error } when before is UnfundedState:
                    break;
                case ChannelAction.Send:
                    // What was sent before, again.
                    Assert.Contains(decision.Events, static happened => happened is TransientEvent.Reestablished);
                    break;
                case ChannelAction.Publish publish:
                    Assert.IsType<Channels.States.Closing>(before);
                    Assert.Equal(TransactionPurpose.Commitment, publish.Purpose);
                    break;
                case ChannelAction.HtlcFailed or ChannelAction.HtlcRefused or ChannelAction.HtlcAccepted or ChannelAction.SettlementAccepted or ChannelAction.HtlcFulfilled or ChannelAction.ForwardFixed:
                    // Answers to commands that were answered before.
                    break;
                case ChannelAction.ReportClosed or ChannelAction.ReportClosing or ChannelAction.HtlcReceived or ChannelAction.AssignChannelId:
                    Assert.Fail($"{action} without an event in {before.GetType().Name}.");
                    break;
                default:
                    break;
            }
        }

        private T Any<T>(params T[] all) => all[_random.Next(all.Length)];

        private ulong Number() => Any<ulong>(0, 1, 2, 3, (ulong)_random.Next(10), (1UL << 48) - 1, 1UL << 48, ulong.MaxValue);

        private long Amount() => Any<long>(0, 1, 353_999, 354_000, 1_000_000, 50_000_000, 999_999_999, 1_000_000_000, 2_100_000_000_000_000_000);

        private EcdsaSignature Signature() => new(Enumerable.Range(0, 64).Select(_ => (byte)_random.Next(256)).ToArray());

        private Bytes32 Secret(ChannelNode node) => Any(Bytes32.Zero, new Bytes32(Hashes.Sha256([1]).Span), _pair.Other(node).Signer.PerCommitmentSecret((ulong)_random.Next(4)), node.Signer.PerCommitmentSecret((ulong)_random.Next(4)));

        private Script Script(ChannelNode node) => Any(node.ShutdownScript, _pair.Other(node).ShutdownScript, default, new Script(new Bytes([0x6a, 6, 1, 2, 3, 4, 5, 6])), new Script(new Bytes([1, 2, 3])));

        private FeeratePerKw Feerate() => new(Any<uint>(0, 1, 253, 1_000, 2_500, 30_000, 1_000_000, uint.MaxValue));

        private PubKey Point(ChannelNode node) => _pair.Other(node).Signer.PerCommitmentPoint((ulong)_random.Next(5));

        private LightningMessage Message(ChannelNode node)
        {
            var id = node.State.Id ?? ChannelPair.TemporaryId;
            if (_heard.Count > 0 && _random.Next(3) == 0) return _heard[_random.Next(_heard.Count)];
            return _random.Next(22) switch
            {
                0 => new UpdateAddHtlc(id, Number(), new(Amount()), ChannelPair.Preimage(_random.Next(5)).Hash, (uint)Number(), ChannelPair.Onion),
                1 => new UpdateFulfillHtlc(id, Number(), ChannelPair.Preimage(_random.Next(5))),
                2 => new UpdateFailHtlc(id, Number(), new Bytes([1])),
                3 => new UpdateFailMalformedHtlc(id, Number(), Bytes32.Zero, Any<ushort>(0, 0x8005)),
                4 or 5 => new UpdateFee(id, Feerate()),
                6 or 7 => new CommitmentSigned(id, Signature(), [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Signature())]),
                8 or 9 => new RevokeAndAck(id, Secret(node), Point(node)),
                10 => new ChannelReady(id, Point(node)),
                11 or 12 => new Shutdown(id, Script(node)),
                13 => new ClosingSigned(id, new Satoshi(Amount()), Signature()) { FeeRange = _random.Next(2) == 0 ? null : new FeeRange(new Satoshi(Amount()), new Satoshi(Amount())) },
                14 => new ClosingComplete(id, Script(node), Script(node), new Satoshi(Amount()), (uint)Number()) { CloserAndCloseeOutputs = Signature(), CloseeOutputOnly = Any<EcdsaSignature?>(null, Signature()) },
                15 => new ClosingSig(id, Script(node), Script(node), new Satoshi(Amount()), (uint)Number()) { CloserOutputOnly = Signature(), CloserAndCloseeOutputs = Any<EcdsaSignature?>(null, Signature()) },
                16 or 17 => new ChannelReestablish(id, Number(), Number(), Secret(node), Point(node)),
                18 => new FundingCreated(id, new TxId(Hashes.Sha256([7])), 0, Signature()),
                19 => new FundingSigned(id, Signature()),
                20 => new Warning(id, "noise"),
                _ => _random.Next(3) == 0 ? new Error(id, "noise") : new UpdateFee(id, Feerate()),
            };
        }

        private ChannelCommand Command(ChannelNode node)
        {
            var transaction = _random.Next(4) switch
            {
                0 when _pair.FundingTransaction is { } funding => funding,
                1 when node.State is FundedState { Commitments.Latest.Funding.OutPoint: var outPoint } =>
                    new Transaction(2, [new TxIn(outPoint, Bitcoin.Scripts.Script.Empty, (uint)_random.Next(), new Witness([new Bytes([1])]))], [new TxOut(new(1_000), node.ShutdownScript)], (uint)_random.Next()),
                2 or 3 when _commitments.Count > 0 => _commitments[_random.Next(_commitments.Count)],
                _ => new Transaction(2, [new TxIn(new OutPoint(new TxId(Hashes.Sha256([8])), 1), Bitcoin.Scripts.Script.Empty, 0, new Witness([new Bytes([1])]))], [new TxOut(new(1_000), node.ShutdownScript)], 0),
            };
            var preimage = ChannelPair.Preimage(_random.Next(6));
            HtlcOrigin origin = new HtlcOrigin.Relayed(new LocalChannelKey(7, 7), (ulong)_random.Next(6));
            node.Height += (uint)(_random.Next(20) == 0 ? _random.Next(200) : 0);
            return _random.Next(23) switch
            {
                0 => new ChannelCommand.OwnershipTaken(),
                1 when _pair.Alice.Connection is not null => _pair.OpenCommand(Any<long>(0, 1, 1_000_000, -5, 2_100_000_000_000_000, long.MaxValue / 1000), Amount()),
                2 => new ChannelCommand.FundingMade(transaction, (ushort)_random.Next(3)),
                3 => new ChannelCommand.FundingFailed("noise"),
                4 => new ChannelCommand.FundingConfirmed(transaction, (uint)_random.Next(200), 1),
                5 or 6 => new ChannelCommand.FundingSpent(transaction, (uint)_random.Next(200)),
                7 or 8 => new ChannelCommand.OutputSpent(transaction, (uint)_random.Next(200)),
                9 or 10 => new ChannelCommand.FundingUndone(transaction.Inputs[0].PreviousOutput),
                11 => new ChannelCommand.RevokedCommitmentFound(
                    (ulong)_random.Next(4),
                    RevokedCommitments.Find(node.Journal, (ulong)_random.Next(4)) ?? new Channels.Transactions.CommitmentSpec(new(1_000), new(Amount()), new(Amount()))),
                12 => new ChannelCommand.CloseMutual(_random.Next(2) == 0 ? null : Script(node), _random.Next(2) == 0 ? null : Feerate()),
                13 when _random.Next(3) == 0 => new ChannelCommand.ForceClose(),
                14 => new ChannelCommand.UpdateFee(Feerate()),
                15 or 16 => new ChannelCommand.AddHtlc(origin, new(Amount()), preimage.Hash, (uint)Number(), Any(ChannelPair.Onion, Bytes.Empty), null, (uint)Number()),
                17 => new ChannelCommand.FulfillHtlc((ulong)_random.Next(4), preimage),
                18 => new ChannelCommand.FailHtlc((ulong)_random.Next(4), new Bytes([1])),
                19 => new ChannelCommand.FailMalformedHtlc((ulong)_random.Next(4), Bytes32.Zero, Any<ushort>(0, 0x8005)),
                20 => new ChannelCommand.AcknowledgeResult(origin),
                21 => new ChannelCommand.FixForward((ulong)_random.Next(4), new LocalChannelKey(8, 8)),
                _ => new ChannelCommand.NewBlock(),
            };
        }
    }
}
