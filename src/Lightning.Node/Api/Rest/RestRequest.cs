using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Lightning.Actors.Api;

namespace Lightning.Node.Api.Rest;

/// <summary>Builds a request message from a JSON body, the query and the path. Fields are found by their names in the .proto files.</summary>
internal static class RestRequest
{
    private static readonly JsonParser Parser = new(new JsonParser.Settings(recursionLimit: 16));

    public static async Task<IMessage> Read(RestRoute route, HttpContext http, IRestExchange exchange, CancellationToken cancellation)
    {
        var message = route.Request();
        if (HttpMethods.IsPost(route.Verb)) message = Parse(message.Descriptor, await exchange.ReadBodyAsync(cancellation)) ?? message;
        else
        {
            foreach (var (name, values) in http.Request.Query)
                foreach (var value in values)
                    if (value is not null) Set(message, name, value);
        }
        foreach (var (name, value) in http.Request.RouteValues)
            if (value is string text) Set(message, name, Uri.UnescapeDataString(text));
        return message;
    }

    /// <summary>The next request of a call that has many; null after the last.</summary>
    public static async Task<IMessage?> ReadNext(RestRoute route, IRestExchange exchange, CancellationToken cancellation) =>
        await exchange.ReadNextAsync(cancellation) is { } text ? Parse(route.Request().Descriptor, text) ?? route.Request() : null;

    private static IMessage? Parse(MessageDescriptor descriptor, string body)
    {
        if (string.IsNullOrWhiteSpace(body)) return null;
        try
        {
            var json = JsonNode.Parse(body, documentOptions: new System.Text.Json.JsonDocumentOptions { MaxDepth = 16 });
            if (json is JsonObject fields) PlainBase64(descriptor, fields);
            return Parser.Parse(json?.ToJsonString() ?? "{}", descriptor);
        }
        catch (Exception e) when (e is System.Text.Json.JsonException or InvalidProtocolBufferException or FormatException)
        {
            throw LightningException.InvalidArgument(e.Message);
        }
    }

    // The parser reads standard base64 with padding only; clients send base64url, too.
    private static void PlainBase64(MessageDescriptor descriptor, JsonObject fields)
    {
        foreach (var name in fields.Select(f => f.Key).ToList())
        {
            var field = descriptor.FindFieldByName(name) ?? descriptor.Fields.InDeclarationOrder().FirstOrDefault(f => string.Equals(f.JsonName, name, StringComparison.Ordinal));
            if (field is null || field.IsMap) continue;
            switch (fields[name])
            {
                case JsonValue value when field.FieldType == FieldType.Bytes && value.TryGetValue<string>(out var text):
                    fields[name] = Plain(text);
                    break;
                case JsonArray values when field.FieldType == FieldType.Bytes:
                    for (var i = 0; i < values.Count; i++)
                        if (values[i] is JsonValue item && item.TryGetValue<string>(out var part)) values[i] = Plain(part);
                    break;
                case JsonObject inner when field.FieldType == FieldType.Message:
                    PlainBase64(field.MessageType, inner);
                    break;
                case JsonArray inners when field.FieldType == FieldType.Message:
                    foreach (var inner in inners.OfType<JsonObject>()) PlainBase64(field.MessageType, inner);
                    break;
            }
        }
    }

    private static string Plain(string base64)
    {
        var plain = base64.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        return plain.PadRight((plain.Length + 3) / 4 * 4, '=');
    }

    // Sets one field by its path ("channel_point.output_index"). Unknown names are left alone: browsers and proxies add parameters of their own.
    private static void Set(IMessage message, string path, string text)
    {
        var dot = path.IndexOf('.', StringComparison.Ordinal);
        var field = message.Descriptor.FindFieldByName(dot < 0 ? path : path[..dot]);
        if (field is null || field.IsMap) return;
        if (dot >= 0)
        {
            if (field.FieldType != FieldType.Message || field.IsRepeated) return;
            var inner = (IMessage?)field.Accessor.GetValue(message);
            if (inner is null) field.Accessor.SetValue(message, inner = field.MessageType.Parser.ParseFrom(ByteString.Empty));
            Set(inner, path[(dot + 1)..], text);
            return;
        }
        object value;
        try
        {
            value = Convert(field, text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw LightningException.InvalidArgument($"parsing field \"{path}\": {e.Message}");
        }
        if (field.IsRepeated) ((System.Collections.IList)field.Accessor.GetValue(message)).Add(value);
        else field.Accessor.SetValue(message, value);
    }

    private static object Convert(FieldDescriptor field, string text) => field.FieldType switch
    {
        FieldType.String => text,
        FieldType.Bytes => ByteString.FromBase64(Plain(text)),
        FieldType.Bool => text switch { "true" or "1" => true, "false" or "0" => false, _ => throw new FormatException($"'{text}' is neither true nor false") },
        FieldType.Int32 => int.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        FieldType.Int64 => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        FieldType.UInt32 => uint.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
        FieldType.UInt64 => ulong.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture),
        FieldType.Double => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
        FieldType.Enum => (field.EnumType.FindValueByName(text) ?? (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? field.EnumType.FindValueByNumber(number) : null))?.Number
            ?? throw new FormatException($"'{text}' is no {field.EnumType.Name}"),
        _ => throw new FormatException("a field of this type cannot be given in the path or the query"),
    };
}
