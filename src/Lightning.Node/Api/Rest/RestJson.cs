using System.Text.Json.Nodes;
using Google.Protobuf;
using Grpc.Core;

namespace Lightning.Node.Api.Rest;

/// <summary>JSON as the API's clients expect it: names of the .proto files, every field, 64-bit integers as strings, bytes as base64.</summary>
internal static class RestJson
{
    private static readonly JsonFormatter Formatter =
        new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true));

    /// <summary>An answer; one of a stream stands under <c>result</c>.</summary>
    public static string Answer(IMessage message, bool isStream)
    {
        var json = Formatter.Format(message);
        return isStream ? $"{{\"result\":{json}}}" : json;
    }

    /// <summary>An error; one of a stream stands under <c>error</c>.</summary>
    public static string Error(Status status, bool isStream)
    {
        var error = new JsonObject { ["code"] = (int)status.StatusCode, ["message"] = status.Detail, ["details"] = new JsonArray() };
        return (isStream ? new JsonObject { ["error"] = error } : error).ToJsonString();
    }
}
