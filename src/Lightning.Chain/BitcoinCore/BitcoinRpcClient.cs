using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace Lightning.Chain.BitcoinCore;

/// <summary>
/// Bitcoin Core's JSON-RPC. A node that is away, starting up or too busy is asked again, with growing pauses, until the caller cancels;
/// an answer, good or bad, is returned at once.
/// </summary>
public sealed partial class BitcoinRpcClient : IDisposable
{
    /// <summary>RPC_IN_WARMUP: bitcoind is loading and will answer later.</summary>
    private const int InWarmup = -28;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly BitcoinCoreOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly HttpClient _http;
    private long _id;
    private volatile AuthenticationHeaderValue? _authorization;

    /// <summary>Prepares a client; nothing is sent yet.</summary>
    public BitcoinRpcClient(BitcoinCoreOptions options, TimeProvider time, ILogger logger)
    {
        _options = options;
        _time = time;
        _logger = logger;
        _http = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(20), MaxConnectionsPerServer = 16 })
        {
            Timeout = options.RpcTimeout,
        };
    }

    /// <summary>Calls a method of the node.</summary>
    /// <exception cref="BitcoinRpcException">bitcoind answered with an error.</exception>
    public Task<JsonElement> CallAsync(string method, CancellationToken cancellationToken, params JsonNode?[] parameters) =>
        CallAsync(_options.RpcUrl, method, cancellationToken, parameters);

    /// <summary>Calls a method of the node's wallet.</summary>
    /// <exception cref="BitcoinRpcException">bitcoind answered with an error.</exception>
    public Task<JsonElement> CallWalletAsync(string method, CancellationToken cancellationToken, params JsonNode?[] parameters) =>
        CallAsync(new Uri(_options.RpcUrl, $"/wallet/{Uri.EscapeDataString(_options.WalletName)}"), method, cancellationToken, parameters);

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> CallAsync(Uri url, string method, CancellationToken cancellationToken, JsonNode?[] parameters)
    {
        var request = new JsonObject
        {
            ["jsonrpc"] = "1.0",
            ["id"] = Interlocked.Increment(ref _id),
            ["method"] = method,
            ["params"] = new JsonArray(parameters),
        }.ToJsonString();

        var pause = FirstPause;
        for (var attempt = 1; ; attempt++)
        {
            string trouble;
            try
            {
                using var message = new HttpRequestMessage(HttpMethod.Post, url)
                {
                    Content = new StringContent(request, Encoding.UTF8, "application/json"),
                };
                message.Headers.Authorization = _authorization ??= ReadCredentials();
                using var response = await _http.SendAsync(message, cancellationToken).ConfigureAwait(false);
                switch (response.StatusCode)
                {
                    case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                        // A cookie changes at each start of bitcoind: read it again.
                        _authorization = null;
                        trouble = $"it refuses our credentials ({(int)response.StatusCode})";
                        break;
                    case HttpStatusCode.ServiceUnavailable:
                        trouble = "its work queue is full (503)";
                        break;
                    default:
                        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
                        var answer = ParseAnswer(method, body);
                        if (answer is { } result) return result;
                        trouble = "it is starting up";
                        break;
                }
            }
            catch (HttpRequestException e)
            {
                trouble = e.Message;
            }
            catch (IOException e)
            {
                trouble = e.Message;
            }
            catch (JsonException e)
            {
                trouble = $"its answer is not JSON: {e.Message}";
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                trouble = $"no answer within {_options.RpcTimeout}";
            }

            // Quiet while it may be a hiccup, then now and then: a node without its chain must not go unnoticed.
            if (attempt is 3 || attempt % 20 == 0) LogAway(_options.RpcUrl, method, trouble, attempt);
            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    /// <returns>Null while bitcoind warms up.</returns>
    private static JsonElement? ParseAnswer(string method, byte[] body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 64 });
        var root = document.RootElement;
        if (root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object)
        {
            var code = error.GetProperty("code").GetInt32();
            if (code == InWarmup) return null;
            throw new BitcoinRpcException(method, code, error.TryGetProperty("message", out var text) ? text.GetString() ?? "" : "");
        }

        return root.GetProperty("result").Clone();
    }

    private AuthenticationHeaderValue ReadCredentials()
    {
        var credentials = _options.CookieFile is { } file ? File.ReadAllText(file).Trim() : $"{_options.User}:{_options.Password}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "bitcoind at {Url} does not serve {Method}: {Trouble}; asked {Attempt} times, going on")]
    private partial void LogAway(Uri url, string method, string trouble, int attempt);
}
