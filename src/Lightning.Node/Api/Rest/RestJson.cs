using System.Buffers;
using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;

namespace Lightning.Node.Api.Rest;

/// <summary>
/// JSON as the API's clients expect it: names of the .proto files, every field (a message that is not there is null, what is not chosen of a
/// oneof is left out), 64-bit integers as strings, bytes as base64, enums by name.
/// </summary>
internal static class RestJson
{
    /// <summary>An answer; one of a stream stands under <c>result</c>.</summary>
    public static string Answer(IMessage message, bool isStream) => Write(json =>
    {
        if (isStream) json.WriteStartObject();
        if (isStream) json.WritePropertyName("result");
        WriteMessage(json, message);
        if (isStream) json.WriteEndObject();
    });

    /// <summary>An error; one of a stream stands under <c>error</c>.</summary>
    public static string Error(Status status, bool isStream) => Write(json =>
    {
        if (isStream) json.WriteStartObject();
        if (isStream) json.WritePropertyName("error");
        json.WriteStartObject();
        json.WriteNumber("code", (int)status.StatusCode);
        json.WriteString("message", status.Detail);
        json.WriteStartArray("details");
        json.WriteEndArray();
        json.WriteEndObject();
        if (isStream) json.WriteEndObject();
    });

    /// <summary>An answer for people who read JSON.</summary>
    public static string Indented(IMessage message) => Write(json => WriteMessage(json, message), indented: true);

    private static string Write(Action<Utf8JsonWriter> write, bool indented = false)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        // Not into a page but into programs: only what JSON itself asks for is escaped.
        using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        write(json);
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteMessage(Utf8JsonWriter json, IMessage message)
    {
        json.WriteStartObject();
        foreach (var field in message.Descriptor.Fields.InFieldNumberOrder())
        {
            if (field.RealContainingOneof is { } oneof && oneof.Accessor.GetCaseFieldDescriptor(message) != field) continue;
            json.WritePropertyName(field.Name);
            var value = field.Accessor.GetValue(message);
            if (field.IsMap) WriteMap(json, field, (IDictionary)value);
            else if (field.IsRepeated)
            {
                json.WriteStartArray();
                foreach (var item in (IList)value) WriteValue(json, field, item);
                json.WriteEndArray();
            }
            else WriteValue(json, field, value);
        }
        json.WriteEndObject();
    }

    private static void WriteMap(Utf8JsonWriter json, FieldDescriptor field, IDictionary map)
    {
        var valueField = field.MessageType.FindFieldByNumber(2);
        json.WriteStartObject();
        foreach (DictionaryEntry entry in map)
        {
            json.WritePropertyName(Convert.ToString(entry.Key, CultureInfo.InvariantCulture)!);
            WriteValue(json, valueField, entry.Value);
        }
        json.WriteEndObject();
    }

    private static void WriteValue(Utf8JsonWriter json, FieldDescriptor field, object? value)
    {
        switch (value)
        {
            case null: json.WriteNullValue(); break;
            case IMessage message: WriteMessage(json, message); break;
            case string text: json.WriteStringValue(text); break;
            case ByteString bytes: json.WriteBase64StringValue(bytes.Span); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case uint number: json.WriteNumberValue(number); break;
            case long or ulong: json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture)); break;
            case double number: json.WriteNumberValue(number); break;
            case Enum when field.EnumType.FindValueByNumber((int)value) is { } named: json.WriteStringValue(named.Name); break;
            case Enum: json.WriteNumberValue((int)value); break;
            default: throw new InvalidOperationException($"Fields of type {field.FieldType.ToString()} have no JSON form here.");
        }
    }
}
