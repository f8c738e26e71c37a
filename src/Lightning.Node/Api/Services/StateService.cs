using Grpc.Core;

namespace Lightning.Node.Api.Services;

/// <summary><c>lnrpc.State</c>: the API is served once the node is up, so there is one answer.</summary>
public sealed class StateService : Lnrpc.State.StateBase
{
    /// <inheritdoc/>
    public override Task<Lnrpc.GetStateResponse> GetState(Lnrpc.GetStateRequest request, ServerCallContext context) =>
        Task.FromResult(new Lnrpc.GetStateResponse { State = Lnrpc.WalletState.ServerActive });

    /// <inheritdoc/>
    public override async Task SubscribeState(Lnrpc.SubscribeStateRequest request, IServerStreamWriter<Lnrpc.SubscribeStateResponse> responses, ServerCallContext context)
    {
        await responses.WriteAsync(new Lnrpc.SubscribeStateResponse { State = Lnrpc.WalletState.ServerActive }, context.CancellationToken);
        await Task.Delay(Timeout.Infinite, context.CancellationToken);
    }
}
