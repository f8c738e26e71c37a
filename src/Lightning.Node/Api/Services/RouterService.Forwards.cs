using Google.Protobuf;
using Grpc.Core;
using Lightning.Actors.Api;
using Lightning.Node.Api.Mapping;
using Lightning.Protocol.Onion;

namespace Lightning.Node.Api.Services;

/// <content>Forwards that a client decides about.</content>
public sealed partial class RouterService
{
    /// <inheritdoc/>
    public override async Task HtlcInterceptor(
        IAsyncStreamReader<Routerrpc.ForwardHtlcInterceptResponse> requestStream, IServerStreamWriter<Routerrpc.ForwardHtlcInterceptRequest> responseStream, ServerCallContext context)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken);
        var deciding = DecideAsync(requestStream, ended);
        try
        {
            await foreach (var forward in node.InterceptForwardsAsync(ended.Token)) await responseStream.WriteAsync(ToRpc(forward));
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The client has said all it wanted, or is gone.
        }
        finally
        {
            await ended.CancelAsync();
            await deciding;
        }
    }

    private async Task DecideAsync(IAsyncStreamReader<Routerrpc.ForwardHtlcInterceptResponse> decisions, CancellationTokenSource ended)
    {
        try
        {
            await foreach (var decision in decisions.ReadAllAsync(ended.Token)) await ResolveAsync(ToResolution(decision), ended.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && ended.IsCancellationRequested)
        {
            // The stream has ended.
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    private async Task ResolveAsync(ForwardResolution resolution, CancellationToken cancellation)
    {
        try
        {
            await node.ResolveForwardAsync(resolution, cancellation);
        }
        catch (LightningException e) when (e.Kind == LightningErrorKind.NotFound)
        {
            // Its time was over, and the node has decided.
        }
    }

    private static Routerrpc.ForwardHtlcInterceptRequest ToRpc(InterceptedForward forward) => new()
    {
        IncomingCircuitKey = new Routerrpc.CircuitKey { ChanId = forward.IncomingChannel.Value, HtlcId = forward.HtlcId },
        PaymentHash = Mapping.Write.Bytes(forward.PaymentHash.Value),
        IncomingAmountMsat = (ulong)forward.IncomingAmount.Value,
        IncomingExpiry = forward.IncomingExpiry,
        OutgoingAmountMsat = (ulong)forward.OutgoingAmount.Value,
        OutgoingExpiry = forward.OutgoingExpiry,
        OutgoingRequestedChanId = forward.OutgoingChannel?.Value ?? 0,
        AutoFailHeight = (int)forward.AutoFailHeight,
        OnionBlob = ByteString.CopyFrom(forward.Onion.Span),
    };

    private static ForwardResolution ToResolution(Routerrpc.ForwardHtlcInterceptResponse decision)
    {
        if (decision.IncomingCircuitKey is not { } key) throw LightningException.InvalidArgument("incoming_circuit_key is missing");
        Read.Refuse(!decision.FailureMessage.IsEmpty, "failure_message");
        var channel = new ShortChannelId(key.ChanId);
        return decision.Action switch
        {
            Routerrpc.ResolveHoldForwardAction.Resume => new ForwardResolution.Resume(channel, key.HtlcId),
            Routerrpc.ResolveHoldForwardAction.Settle => new ForwardResolution.Settle(channel, key.HtlcId, new PaymentPreimage(Read.Bytes32(decision.Preimage, "preimage"))),
            Routerrpc.ResolveHoldForwardAction.Fail => new ForwardResolution.Fail(channel, key.HtlcId, ToFailure(decision.FailureCode)),
            _ => throw LightningException.Unimplemented("RESUME_MODIFIED is not supported"),
        };
    }

    private static FailureMessage ToFailure(Lnrpc.Failure.Types.FailureCode code) => code switch
    {
        Lnrpc.Failure.Types.FailureCode.Reserved or Lnrpc.Failure.Types.FailureCode.TemporaryChannelFailure => FailureMessage.TemporaryChannelFailure(),
        _ => throw LightningException.Unimplemented("an intercepted payment is failed with TEMPORARY_CHANNEL_FAILURE"),
    };
}
