namespace Lightning.Protocol.Tests.Wire;

/// <summary>Makes hostile bytes out of valid ones, always the same for the same seed.</summary>
internal static class Fuzz
{
    /// <summary>Inputs for each codec: few by default, more by <c>LIGHTNING_FUZZ_ITERATIONS</c>.</summary>
    public static int Iterations => int.TryParse(Environment.GetEnvironmentVariable("LIGHTNING_FUZZ_ITERATIONS"), out var set) ? set : 4000;

    /// <summary>The type of a valid message, then noise.</summary>
    public static byte[] RandomPayload(byte[] valid, Random random)
    {
        var bytes = new byte[2 + random.Next(600)];
        random.NextBytes(bytes);
        valid.AsSpan(0, 2).CopyTo(bytes);
        return bytes;
    }

    /// <summary>A valid message with a few changes: bits, bytes, cuts, insertions, extreme lengths.</summary>
    public static byte[] Mutate(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            if (bytes.Count < 3) return [.. bytes];
            var at = random.Next(2, bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at));
                    break;
                case 4:
                    var noise = new byte[random.Next(1, 40)];
                    random.NextBytes(noise);
                    bytes.InsertRange(at, noise);
                    break;
                default:
                    for (var i = at; i < Math.Min(at + 9, bytes.Count); i++) bytes[i] = 0xFF;
                    break;
            }
        }

        return [.. bytes];
    }
}
