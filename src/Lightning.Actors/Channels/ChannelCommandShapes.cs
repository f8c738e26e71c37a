using Lightning.Actors.Serialization;
using Lightning.Actors.Serialization.Protos;
using Lightning.Channels.Commands;

namespace Lightning.Actors.Channels;

/// <summary>Those commands of a channel that other entities send, in protobuf, both ways.</summary>
internal static class ChannelCommandShapes
{
    public static ChannelCommandProto ToProto(this ChannelCommand command)
    {
        switch (command)
        {
            case ChannelCommand.AddHtlc add:
                var adding = new ChannelCommandProto.Types.AddHtlcProto
                {
                    Origin = add.Origin.ToProto(),
                    Amount = add.Amount.Value,
                    PaymentHash = add.PaymentHash.Value.ToProto(),
                    CltvExpiry = add.CltvExpiry,
                    Onion = add.Onion.ToProto(),
                    RefuseFrom = add.RefuseFrom,
                };
                if (add.PathKey is { } pathKey) adding.PathKey = pathKey.ToProto();
                return new() { AddHtlc = adding };
            case ChannelCommand.AcknowledgeResult acknowledge:
                return new() { AcknowledgeResult = acknowledge.Origin.ToProto(), Acknowledged = (uint)acknowledge.What };
            case ChannelCommand.CloseMutual close:
                var closing = new ChannelCommandProto.Types.CloseProto();
                if (close.Script is { } script) closing.Script = script.ToProto();
                if (close.Feerate is { } feerate) closing.Feerate = feerate.Value;
                return new() { CloseMutual = closing };
            case ChannelCommand.ForceClose:
                return new() { ForceClose = true };
            case ChannelCommand.SetPolicy set:
                return new() { SetPolicy = set.Change.ToProto() };
            case ChannelCommand.UpdateFee fee:
                return new() { UpdateFee = fee.Feerate.Value };
            case ChannelCommand.FundingMade made:
                return new() { FundingMade = new() { Transaction = made.Transaction.ToProto(), TransactionIndex = made.OutputIndex } };
            case ChannelCommand.FundingFailed failed:
                return new() { FundingFailed = failed.Reason, LacksCoins = failed.LacksCoins };
            case ChannelCommand.FundingConfirmed confirmed:
                return new() { FundingConfirmed = new() { Transaction = confirmed.Transaction.ToProto(), BlockHeight = confirmed.BlockHeight, TransactionIndex = confirmed.TransactionIndex } };
            case ChannelCommand.FundingSpent spent:
                return new() { FundingSpent = new() { Transaction = spent.Transaction.ToProto(), BlockHeight = spent.BlockHeight } };
            case ChannelCommand.OutputSpent spent:
                return new() { OutputSpent = new() { Transaction = spent.Transaction.ToProto(), BlockHeight = spent.BlockHeight } };
            case ChannelCommand.SpendUndone undone:
                return new() { SpendUndone = new() { Output = undone.Output.ToProto(), Spender = undone.Spender.Value.ToProto() } };
            case ChannelCommand.FundingUndone undone:
                return new() { FundingUndone = undone.Funding.ToProto() };
            case ChannelCommand.FundingChecked check:
                return new() { FundingChecked = new() { Funding = check.Funding.ToProto(), Status = (uint)check.Status, BlockHeight = check.BlockHeight } };
            case ChannelCommand.PublishAnswered answered:
                return new() { PublishAnswered = new() { TxId = answered.TxId.Value.ToProto(), Outcome = (uint)answered.Outcome } };
            case ChannelCommand.ClaimFunded funded:
                var funding = new ChannelCommandProto.Types.ClaimFundedProto { Number = funded.Number, Transaction = funded.Transaction.ToProto(), Fee = funded.Fee.Value };
                foreach (var coin in funded.Coins) funding.Coins.Add(coin.ToProto());
                return new() { ClaimFunded = funding };
            case ChannelCommand.ClaimNotFunded refused:
                return new() { ClaimNotFunded = new() { Number = refused.Number, Reason = refused.Reason } };
            case ChannelCommand.SweepScriptGiven given:
                return new() { SweepScriptGiven = given.Script.ToProto() };
            default:
                throw new NotSupportedException($"{command.GetType().Name} is given to a channel by its own shell, never sent.");
        }
    }

    public static ChannelCommand ToCommand(this ChannelCommandProto proto) => proto.KindCase switch
    {
        ChannelCommandProto.KindOneofCase.AddHtlc => new ChannelCommand.AddHtlc(
            proto.AddHtlc.Origin.ToOrigin(),
            new MilliSatoshi(proto.AddHtlc.Amount),
            proto.AddHtlc.PaymentHash.ToPaymentHash(),
            proto.AddHtlc.CltvExpiry,
            proto.AddHtlc.Onion.ToBytes(),
            proto.AddHtlc.HasPathKey ? proto.AddHtlc.PathKey.ToPubKey() : null,
            proto.AddHtlc.RefuseFrom),
        ChannelCommandProto.KindOneofCase.AcknowledgeResult => new ChannelCommand.AcknowledgeResult(proto.AcknowledgeResult.ToOrigin(), (Acknowledgement)proto.Acknowledged),
        ChannelCommandProto.KindOneofCase.CloseMutual => new ChannelCommand.CloseMutual(
            proto.CloseMutual.HasScript ? proto.CloseMutual.Script.ToScript() : null,
            proto.CloseMutual.HasFeerate ? new FeeratePerKw(proto.CloseMutual.Feerate) : null),
        ChannelCommandProto.KindOneofCase.ForceClose => new ChannelCommand.ForceClose(),
        ChannelCommandProto.KindOneofCase.SetPolicy => new ChannelCommand.SetPolicy(proto.SetPolicy.ToTerms()),
        ChannelCommandProto.KindOneofCase.UpdateFee => new ChannelCommand.UpdateFee(new FeeratePerKw(proto.UpdateFee)),
        ChannelCommandProto.KindOneofCase.FundingMade => new ChannelCommand.FundingMade(
            proto.FundingMade.Transaction.ToTransaction(), checked((ushort)proto.FundingMade.TransactionIndex)),
        ChannelCommandProto.KindOneofCase.FundingFailed => new ChannelCommand.FundingFailed(proto.FundingFailed, proto.LacksCoins),
        ChannelCommandProto.KindOneofCase.FundingConfirmed => new ChannelCommand.FundingConfirmed(
            proto.FundingConfirmed.Transaction.ToTransaction(), proto.FundingConfirmed.BlockHeight, proto.FundingConfirmed.TransactionIndex),
        ChannelCommandProto.KindOneofCase.FundingSpent => new ChannelCommand.FundingSpent(proto.FundingSpent.Transaction.ToTransaction(), proto.FundingSpent.BlockHeight),
        ChannelCommandProto.KindOneofCase.OutputSpent => new ChannelCommand.OutputSpent(proto.OutputSpent.Transaction.ToTransaction(), proto.OutputSpent.BlockHeight),
        ChannelCommandProto.KindOneofCase.SpendUndone => new ChannelCommand.SpendUndone(proto.SpendUndone.Output.ToOutPoint(), proto.SpendUndone.Spender.ToTxId()),
        ChannelCommandProto.KindOneofCase.FundingUndone => new ChannelCommand.FundingUndone(proto.FundingUndone.ToOutPoint()),
        ChannelCommandProto.KindOneofCase.FundingChecked => new ChannelCommand.FundingChecked(
            proto.FundingChecked.Funding.ToOutPoint(), (FundingStatus)proto.FundingChecked.Status, proto.FundingChecked.BlockHeight),
        ChannelCommandProto.KindOneofCase.PublishAnswered => new ChannelCommand.PublishAnswered(proto.PublishAnswered.TxId.ToTxId(), (PublishOutcome)proto.PublishAnswered.Outcome),
        ChannelCommandProto.KindOneofCase.ClaimFunded => new ChannelCommand.ClaimFunded(
            proto.ClaimFunded.Number, proto.ClaimFunded.Transaction.ToTransaction(), proto.ClaimFunded.Coins.ToArray(c => c.ToClaimCoin()), new Satoshi(proto.ClaimFunded.Fee)),
        ChannelCommandProto.KindOneofCase.ClaimNotFunded => new ChannelCommand.ClaimNotFunded(proto.ClaimNotFunded.Number, proto.ClaimNotFunded.Reason),
        ChannelCommandProto.KindOneofCase.SweepScriptGiven => new ChannelCommand.SweepScriptGiven(proto.SweepScriptGiven.ToScript()),
        _ => throw new InvalidDataException("A command to a channel is of no known kind."),
    };
}
