using Lightning.TestKit.Exploration;
using System.Globalization;
using Lightning.Channels.Actions;
using Lightning.Channels.Commands;
using Lightning.Channels.Commitments;
using Lightning.Channels.Events;
using Lightning.Channels.OnChain;
using Lightning.Channels.Parameters;
using Lightning.Channels.States;
using Lightning.Channels.Tests.OnChain;
using Lightning.Channels.Updates;
using Lightning.Protocol.Messages;

namespace Lightning.Channels.Tests.States;

/// <summary>
/// Drives two channels by chance: adds, settlements, fees, messages delivered or lost, disconnections, crashes with and without their last write.
/// Whatever happens, no peer may find fault with the other, and every payment ends once.
/// </summary>
internal sealed class ChannelExplorer
{
    private readonly Random _random;
    private readonly ChannelPair _pair;
    private readonly List<string> _story = [];
    private readonly Dictionary<HtlcOrigin, Payment> _payments = [];
    private readonly (MilliSatoshi Alice, MilliSatoshi Bob) _start;
    private readonly List<(ChannelState Alice, ChannelState Bob)> _past = [];
    private readonly bool _dusty;
    private int _count;
    private bool _connected = true;

    public ChannelExplorer(int seed)
    {
        _random = new Random(seed);
        _dusty = _random.Next(3) == 0;
        var config = new ChannelConfig { Network = Network.Regtest, MaxAcceptedHtlcs = (ushort)_random.Next(2, 30), ToSelfDelay = 12, MaxDustExposure = _dusty ? new(2_000_000) : new(500_000_000) };
        var type = _random.Next(2) == 0 ? ChannelType.AnchorOutputs : ChannelType.StaticRemoteKey;
        var features = ChannelPair.AllFeatures | (_random.Next(2) == 0 ? ChannelFeatures.SimpleClose : ChannelFeatures.None);
        _pair = new ChannelPair(type, config, config, features);
        _pair.Fund(_random.Next(4) == 0 ? 30_000 : 1_000_000, _random.Next(3) * 5_000_000);
        // Sometimes the story begins before both are ready.
        if (_random.Next(3) > 0) _pair.Confirm();
        _start = (Balance(_pair.Alice), Balance(_pair.Bob));
    }

    private sealed record Payment(ChannelNode From, ChannelCommand.AddHtlc Command, PaymentPreimage Preimage)
    {
        /// <summary>What the receiver decided: settled the same way however often it is asked.</summary>
        public ChannelCommand.SettleHtlc? Settlement { get; set; }
    }

    /// <summary>So many steps, then a rest in which everything is settled.</summary>
    public void Run(int steps) => Run(steps, Finish);

    /// <summary>So many steps, then a unilateral close, perhaps with an old commitment.</summary>
    public void RunToTheChain(int steps) => Run(steps, FinishOnChain);

    private void Run(int steps, Action finish)
    {
        try
        {
            for (var i = 0; i < steps; i++)
            {
                Step();
                Check();
                if (_random.Next(50) == 0) _past.Add((_pair.Alice.State, _pair.Bob.State));
            }

            finish();
        }
        catch (Exception failure) when (failure is not ExplorationException)
        {
            throw new ExplorationException(string.Join('\n', _story.TakeLast(60)), failure);
        }
    }

    private void Step()
    {
        var node = _random.Next(2) == 0 ? _pair.Alice : _pair.Bob;
        switch (_random.Next(100))
        {
            case < 35:
                if (_connected) Tell(node, "delivers", () => _pair.Deliver(node));
                break;
            case < 40:
                if (_connected) Tell(node, "delivers all", () => _pair.DeliverAll(node));
                break;
            case < 42:
                Batch(node);
                break;
            case < 60:
                Add(node);
                break;
            case < 75:
                Settle(node);
                break;
            case < 78:
                Acknowledge(node);
                break;
            case < 80:
                Repeat(node);
                break;
            case < 83 when !_dusty:
                var feerate = new FeeratePerKw((uint)_random.Next(900, 4_000));
                Tell(_pair.Alice, $"fee {feerate}", () => _pair.Alice.Do(new ChannelCommand.UpdateFee(feerate)));
                break;
            case < 86 when !_dusty:
                _pair.Alice.Fees = _pair.Bob.Fees = _pair.Alice.Fees with { Commitment = new((uint)_random.Next(900, 4_000)) };
                Tell(node, "block", () => node.Do(new ChannelCommand.NewBlock()));
                break;
            case 86:
                Confirm(node);
                break;
            case < 90:
                if (_connected) Disconnect();
                break;
            case < 96:
                if (!_connected) Connect();
                break;
            case < 98:
                Crash(node, loseWrite: false);
                break;
            case 98 when _random.Next(6) == 0:
                Tell(node, "closes", () => node.Do(new ChannelCommand.CloseMutual()));
                break;
            default:
                Crash(node, loseWrite: true);
                break;
        }
    }

    private void Add(ChannelNode node)
    {
        var command = NewAdd(node);
        Tell(node, $"adds {command.Amount} as {_count}", () => node.Do(command));
    }

    private ChannelCommand.AddHtlc NewAdd(ChannelNode node)
    {
        var preimage = ChannelPair.Preimage(++_count);
        long amount = _random.Next(4) switch
        {
            0 => _random.Next(1, 400_000),
            1 => _random.Next(300_000, 4_000_000),
            2 => _random.Next(1_000_000, 30_000_000),
            _ => _random.Next(10_000_000, 400_000_000),
        };
        HtlcOrigin origin = _random.Next(2) == 0 ? new HtlcOrigin.Local(preimage.Hash, 0, (uint)_count) : new HtlcOrigin.Relayed(new LocalChannelKey(7, 7), (ulong)_count);
        var command = ChannelPair.AddCommand(node, amount, preimage, null, origin);
        _payments[origin] = new Payment(node, command, preimage);
        return command;
    }

    // Each node sees the funding transaction in its own time, and may be told again.
    private void Confirm(ChannelNode node) => Tell(node, "sees the funding", () => node.Do(new ChannelCommand.FundingConfirmed(_pair.FundingTransaction!, 90, 4)));

    // What a shell hands over that was busy writing: messages, adds and settlements as one decision.
    private void Batch(ChannelNode node)
    {
        var commands = new List<ChannelCommand>();
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            switch (_random.Next(3))
            {
                case 0 when _connected && _pair.Other(node).Outbox.Count > 0:
                    commands.Add(_pair.Next(node));
                    break;
                case 1 when node.Received.Exists(htlc => !node.Settled.Contains(htlc.Htlc.Id)):
                    commands.Add(Settlement(node)!);
                    break;
                default:
                    commands.Add(NewAdd(node));
                    break;
            }
        }

        Tell(node, $"is given {string.Join(", ", commands.Select(static command => command.GetType().Name))} at once", () => node.Do(commands.ToArray()));
    }

    private void Repeat(ChannelNode node)
    {
        var mine = _payments.Values.Where(payment => payment.From == node).ToList();
        if (mine.Count == 0) return;
        var one = mine[_random.Next(mine.Count)];
        Tell(node, $"repeats {one.Command.Origin}", () => node.Do(one.Command));
    }

    private void Settle(ChannelNode node)
    {
        if (Settlement(node) is { } settlement) Tell(node, $"settles {settlement}", () => node.Do(settlement));
    }

    private ChannelCommand.SettleHtlc? Settlement(ChannelNode node)
    {
        var open = node.Received.Where(htlc => !node.Settled.Contains(htlc.Htlc.Id)).ToList();
        if (open.Count == 0) return null;
        var htlc = open[_random.Next(open.Count)];
        var payment = _payments.Values.Single(one => one.Preimage.Hash == htlc.Htlc.PaymentHash);
        payment.Settlement ??= htlc.MustFail ? new ChannelCommand.FailHtlc(htlc.Htlc.Id, new Bytes([1, 2, 3])) : _random.Next(10) switch
        {
            < 6 => new ChannelCommand.FulfillHtlc(htlc.Htlc.Id, payment.Preimage),
            < 9 => new ChannelCommand.FailHtlc(htlc.Htlc.Id, new Bytes([1, 2, 3])),
            _ => new ChannelCommand.FailMalformedHtlc(htlc.Htlc.Id, Bytes32.Zero, 0x8005),
        };
        return payment.Settlement;
    }

    private void Acknowledge(ChannelNode node)
    {
        foreach (var origin in node.Fulfilled.Keys.Concat(node.Failed.Keys).ToList())
        {
            if (_random.Next(3) == 0) Tell(node, $"acknowledges {origin}", () => node.Do(new ChannelCommand.AcknowledgeResult(origin)));
        }
    }

    private void Disconnect()
    {
        // What was on the way arrives in part.
        foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob])
        {
            for (var i = _random.Next(4); i > 0; i--) Tell(node, "delivers a last one", () => _pair.Deliver(node));
        }

        _connected = false;
        Tell(_pair.Alice, "disconnects", _pair.Disconnect);
    }

    private void Connect()
    {
        _connected = true;
        Tell(_pair.Alice, "connects", _pair.Connect);
    }

    private void Crash(ChannelNode node, bool loseWrite)
    {
        if (loseWrite && _connected && _pair.Other(node).Outbox.TryPeek(out var message))
        {
            Tell(node, $"dies before the write of {message.GetType().Name}", () => node.Lose(new ChannelCommand.PeerMessages(node.Connection!.Value, [message])));
        }
        else
        {
            Tell(node, "restarts", node.Restart);
        }

        if (!_connected) return;
        _connected = false;
        var other = _pair.Other(node);
        for (var i = _random.Next(3); i > 0; i--) Tell(other, "delivers a last one", () => _pair.Deliver(other));
        Tell(other, "is alone", _pair.Disconnect);
    }

    private void Tell(ChannelNode node, string what, Action action)
    {
        _story.Add(string.Create(CultureInfo.InvariantCulture, $"{node.Name} {what}"));
        var (alice, bob) = (_pair.Alice.Sent.Count, _pair.Bob.Sent.Count);
        action();
        foreach (var sent in _pair.Alice.Sent.Skip(alice)) _story.Add($"    alice: {Short(sent)}");
        foreach (var sent in _pair.Bob.Sent.Skip(bob)) _story.Add($"    bob: {Short(sent)}");
    }

    private static string Short(LightningMessage message) => message switch
    {
        UpdateAddHtlc add => $"add {add.Id} {add.Amount}",
        IHtlcRemovalMessage removal => $"{message.GetType().Name} {removal.Id}",
        ChannelReestablish reestablish => $"reestablish {reestablish.NextCommitmentNumber} {reestablish.NextRevocationNumber}",
        UpdateFee fee => $"fee {fee.Feerate}",
        Warning warning => $"WARNING {warning.Text}",
        Error error => $"ERROR {error.Text}",
        _ => message.GetType().Name,
    };

    private void Check()
    {
        foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob])
        {
            Assert.True(node.State is WaitForFundingConfirmed or WaitForChannelReady or Normal or ShuttingDown or Negotiating or NegotiatingSimple, node.State.GetType().Name);
            Assert.DoesNotContain(node.Sent, static message => message is Error or Warning);
            Assert.False(node.WantsDisconnect, node.Name);
            foreach (var commitment in node.Funded.Commitments.Active)
            {
                Assert.Equal(commitment.Funding.Capacity.ToMilliSatoshi(), commitment.LocalSpec.Total);
                Assert.Equal(commitment.Funding.Capacity.ToMilliSatoshi(), commitment.LatestRemoteSpec.Total);
            }

            if (_random.Next(40) == 0) Assert.Equal(StateDump.Of(node.Replay()), StateDump.Of(node.State));
        }
    }

    // Everything is settled, everyone is told; then both sides must agree, to the millisatoshi.
    private void Finish()
    {
        for (var round = 0; round < 200; round++)
        {
            if (!_connected) Connect();
            foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob]) Confirm(node);
            Tell(_pair.Alice, "runs", _pair.Run);
            Check();
            var busy = false;
            foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob])
            {
                foreach (var payment in _payments.Values.Where(one => one.From == node && !node.Accepted.ContainsKey(one.Command.Origin) && !node.Refused.ContainsKey(one.Command.Origin)).ToList())
                {
                    busy = true;
                    Tell(node, $"repeats {payment.Command.Origin}", () => node.Do(payment.Command));
                }

                while (node.Received.Exists(htlc => !node.Settled.Contains(htlc.Htlc.Id)))
                {
                    busy = true;
                    var before = node.Settled.Count;
                    Settle(node);
                    Tell(_pair.Alice, "runs", _pair.Run);
                    if (node.Settled.Count == before && !node.Received.Exists(htlc => !node.Settled.Contains(htlc.Htlc.Id))) break;
                }
            }

            if (!busy) break;
        }

        Tell(_pair.Alice, "runs", _pair.Run);
        var (alice, bob) = (_pair.Alice.Funded.Commitments, _pair.Bob.Funded.Commitments);
        Assert.True(alice.IsQuiet, "alice is not quiet");
        Assert.True(bob.IsQuiet, "bob is not quiet");
        Assert.Equal(alice.LocalNumber, bob.RemoteNumber);
        Assert.Equal(alice.RemoteNumber, bob.LocalNumber);
        Assert.Equal(alice.Latest.LocalSpec, bob.Latest.RemoteSpec);
        Assert.Equal(alice.Latest.RemoteSpec, bob.Latest.LocalSpec);
        Assert.Equal(alice.Latest.LocalSpec, alice.Latest.RemoteSpec.Mirrored());
        var moved = MilliSatoshi.Zero;
        foreach (var payment in _payments.Values)
        {
            var (node, origin) = (payment.From, payment.Command.Origin);
            if (node.Refused.ContainsKey(origin))
            {
                Assert.False(node.Accepted.ContainsKey(origin), "refused and accepted");
                continue;
            }

            Assert.NotNull(payment.Settlement);
            if (payment.Settlement is ChannelCommand.FulfillHtlc)
            {
                Assert.Equal(payment.Preimage, node.Fulfilled[origin]);
                Assert.DoesNotContain(origin, node.FulfilledTooLate);
                moved += node == _pair.Alice ? payment.Command.Amount : MilliSatoshi.Zero - payment.Command.Amount;
            }
            else
            {
                Assert.True(node.Failed.ContainsKey(origin), "failed");
                Assert.False(node.Fulfilled.ContainsKey(origin));
            }
        }

        Assert.Equal(_start.Alice - moved, Balance(_pair.Alice));
        Assert.Equal(_start.Bob + moved, Balance(_pair.Bob));
        foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob]) Assert.Equal(StateDump.Of(node.Replay()), StateDump.Of(node.State));
        foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob])
        {
            var ledger = ChannelLedger.Of(node.Journal, node.Signer);
            Assert.True(ledger.AddsUp, ledger.ToString());
            Assert.Equal(Balance(node), ledger.Open);
        }

        if (_pair.Alice.State is Normal && _pair.Bob.State is Normal) return;
        var shared = Closings(_pair.Alice).Intersect(Closings(_pair.Bob)).ToList();
        Assert.NotEmpty(shared);
        // Any one of them may be mined.
        var mined = shared[_random.Next(shared.Count)];
        var closing = _pair.Alice.Actions.OfType<ChannelAction.Publish>().First(publish => publish.Transaction.TxId == mined).Transaction;
        foreach (var node in (ChannelNode[])[_pair.Alice, _pair.Bob]) node.Bury(closing);
        Ledgers.AddUp(_pair, [_pair.FundingTransaction!, closing]);
    }

    // Someone closes; blocks come until nothing is left to be done. Then every payment has ended once, and as the chain says.
    private void FinishOnChain()
    {
        if (_connected) Disconnect();
        var chain = new ToyChain(_random, _pair.FundingTransaction!, _pair.Alice.Height);
        var start = chain.Height;
        var nodes = new List<ChannelNode> { _pair.Alice, _pair.Bob };
        ChannelNode? cheat = null;
        Bitcoin.Transactions.Transaction? stolen = null;
        switch (_random.Next(4))
        {
            case 0 when _past.Count > 0 && !Closings(_pair.Alice).Concat(Closings(_pair.Bob)).Any():
                cheat = nodes[_random.Next(2)];
                var (aliceThen, bobThen) = _past[_random.Next(_past.Count)];
                if ((cheat == _pair.Alice ? aliceThen : bobThen) is not FundedState then || then.Commitments.LocalNumber >= _pair.Other(cheat).Funded.Commitments.RemoteNumber)
                {
                    cheat = null;
                    goto default;
                }

                _story.Add($"{cheat.Name} publishes an old commitment");
                var published = Channel.Decide(then with { Transient = TransientState.None }, new ChannelCommand.ForceClose(), cheat.Signer, cheat.Environment);
                stolen = published.Actions.OfType<ChannelAction.Publish>().Single().Transaction;
                chain.Publish(stolen);
                nodes.Remove(cheat);
                break;
            case 1:
                foreach (var node in nodes) Tell(node, "forces a close", () => node.Do(new ChannelCommand.ForceClose()));
                break;
            default:
                Tell(nodes[0], "forces a close", () => nodes[_random.Next(2)].Do(new ChannelCommand.ForceClose()));
                break;
        }

        // A side that has nothing in a channel that it has not seen funded forgets it: nobody but the other can end it.
        if (nodes.Exists(static node => node.State is Closed)) nodes.ForEach(node => Tell(node, "forces a close too", () => node.Do(new ChannelCommand.ForceClose())));

        for (var block = 0; block < 600 && !nodes.TrueForAll(static node => node.State is Closed); block++)
        {
            if (_random.Next(12) == 0)
            {
                // Never so deep that something was taken as final.
                var gone = _random.Next(1, 6);
                Tell(nodes[0], $"sees {gone} blocks go", () => chain.Disconnect((int)Math.Min(gone, chain.Height - start), [.. nodes]));
            }

            chain.MineBlock([.. nodes]);
            foreach (var node in nodes)
            {
                if (_random.Next(8) == 0) Settle(node);
                if (_random.Next(40) == 0) Tell(node, "restarts", node.Restart);
                if (node.State is not Channels.States.Closing { RevokedSpec: null, Spend.Kind: SpendKind.RevokedCommitment }) continue;
                var wanted = node.Last<ChannelAction.FindRevokedCommitment>().CommitmentNumber;
                Tell(node, "reads its journal", () => node.Do(new ChannelCommand.RevokedCommitmentFound(wanted, RevokedCommitments.Find(node.Journal, wanted)!)));
            }
        }

        foreach (var node in nodes)
        {
            Assert.True(node.State is Closed, $"{node.Name} is {node.State.GetType().Name} at {node.Height}, unspent:\n" + string.Join('\n', (node.State as Channels.States.Closing)?.Outputs(node.Signer).Where(static output => output.Spend is null) ?? []));
            Assert.Equal(StateDump.Of(node.Replay()), StateDump.Of(node.State));
        }

        foreach (var payment in _payments.Values.Where(one => nodes.Contains(one.From)))
        {
            var (node, origin) = (payment.From, payment.Command.Origin);
            if (!node.Accepted.ContainsKey(origin)) continue;
            Assert.True(node.Fulfilled.ContainsKey(origin) || node.Failed.ContainsKey(origin), $"{origin} never ended");
            Assert.DoesNotContain(origin, node.FulfilledTooLate);
            var shown = new Bytes(payment.Preimage.Value.Span);
            var onChain = chain.Mined.Any(one => one.Inputs.Any(input => input.Witness.Stack.Contains(shown)));
            if (onChain) Assert.True(node.Fulfilled.ContainsKey(origin), $"{origin} was paid on chain");
        }

        Ledgers.AddUp(_pair, [.. chain.Mined], cheat);
        // After a reorganisation the victim's own commitment may have been quicker.
        if (cheat is null || !chain.Has(stolen!)) return;
        // Whoever cheats gets nothing.
        var victim = nodes[0];
        Assert.DoesNotContain(chain.Mined.Skip(1), one => one.Outputs.Any(output => output.ScriptPubKey == cheat.ShutdownScript || output.ScriptPubKey == cheat.Wallet.SweepScript));
        Assert.Equal(CloseReason.PeerCheated, ((Closed)victim.State).Reason);
    }

    private static IEnumerable<TxId> Closings(ChannelNode node) =>
        node.Actions.OfType<ChannelAction.Publish>().Where(static publish => publish.Purpose == TransactionPurpose.MutualClose).Select(static publish => publish.Transaction.TxId);

    private static MilliSatoshi Balance(ChannelNode node) => node.Funded.Commitments.Latest.LocalSpec.ToLocal;
}

/// <summary>What went wrong, and how it came to it.</summary>
internal sealed class ExplorationException(string story, Exception cause) : Exception($"{cause.Message}\n{story}", cause);
