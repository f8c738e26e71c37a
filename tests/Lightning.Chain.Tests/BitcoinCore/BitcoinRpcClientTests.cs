using System.Net;
using System.Net.Sockets;
using System.Text;
using Lightning.Chain.BitcoinCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lightning.Chain.Tests.BitcoinCore;

public sealed class BitcoinRpcClientTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _cookie = Path.GetTempFileName();

    public void Dispose()
    {
        _listener.Dispose();
        File.Delete(_cookie);
    }

    [Fact]
    public async Task A_node_that_warms_up_or_changes_its_cookie_is_asked_again_until_it_answers()
    {
        await File.WriteAllTextAsync(_cookie, "__cookie__:old");
        using var client = Client();
        var answer = client.CallAsync("getblockcount", CancellationToken.None);

        await ServeAsync(request => Answer(500, """{"result":null,"error":{"code":-28,"message":"Loading block index"}}"""));
        await ServeAsync(request =>
        {
            Assert.Contains(Basic("__cookie__:old"), request, StringComparison.Ordinal);
            File.WriteAllText(_cookie, "__cookie__:new");
            return Answer(401, "");
        });
        await ServeAsync(request => Answer(503, "Work queue depth exceeded"));
        await ServeAsync(request =>
        {
            Assert.Contains(Basic("__cookie__:new"), request, StringComparison.Ordinal);
            return Answer(200, """{"result":7,"error":null}""");
        });

        Assert.Equal(7, (await answer.WaitAsync(TimeSpan.FromSeconds(20))).GetInt32());
    }

    [Fact]
    public async Task An_error_that_bitcoind_gives_is_told_at_once_with_its_code_and_words()
    {
        await File.WriteAllTextAsync(_cookie, "u:p");
        using var client = Client();
        var answer = client.CallAsync("getblockhash", CancellationToken.None, 99);
        await ServeAsync(request => Answer(500, """{"result":null,"error":{"code":-8,"message":"Block height out of range"}}"""));

        var refusal = await Assert.ThrowsAsync<BitcoinRpcException>(() => answer.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.Equal(-8, refusal.Code);
        Assert.Equal("Block height out of range", refusal.Reason);
        Assert.Contains("getblockhash", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_node_that_is_away_ends_with_the_callers_token()
    {
        await File.WriteAllTextAsync(_cookie, "u:p");
        using var client = Client();
        _listener.Stop();
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.CallAsync("getblockcount", patience.Token).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    private static string Basic(string credentials) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));

    private static string Answer(int status, string body) =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n{body}";

    private BitcoinRpcClient Client()
    {
        _listener.Start();
        var url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        return new BitcoinRpcClient(new BitcoinCoreOptions { RpcUrl = url, CookieFile = _cookie }, TimeProvider.System, NullLogger.Instance);
    }

    private async Task ServeAsync(Func<string, string> answer)
    {
        using var socket = await _listener.AcceptSocketAsync().WaitAsync(TimeSpan.FromSeconds(20));
        var buffer = new byte[8192];
        var text = "";
        while (!text.Contains("getblock", StringComparison.Ordinal)) text += Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer));
        await socket.SendAsync(Encoding.UTF8.GetBytes(answer(text)));
    }
}
