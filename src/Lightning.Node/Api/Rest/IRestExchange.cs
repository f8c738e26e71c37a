using Grpc.Core;

namespace Lightning.Node.Api.Rest;

/// <summary>One REST call on its carrier: plain HTTP or a WebSocket.</summary>
internal interface IRestExchange
{
    /// <summary>The macaroon in hexadecimal, where the call has one.</summary>
    string? Macaroon { get; }

    /// <summary>The JSON of the request message; empty where there is none.</summary>
    Task<string> ReadBodyAsync(CancellationToken cancellation);

    /// <summary>The JSON of the next request message of a call that has many; null where the client has no more.</summary>
    Task<string?> ReadNextAsync(CancellationToken cancellation);

    /// <summary>Sends one answer.</summary>
    Task SendAsync(string json, bool isStream, CancellationToken cancellation);

    /// <summary>Sends an error; nothing follows.</summary>
    Task FailAsync(Status status, bool isStream, CancellationToken cancellation);

    /// <summary>Ends the call after its last answer.</summary>
    Task CompleteAsync(CancellationToken cancellation);
}
