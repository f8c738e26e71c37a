using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Lightning.Actors.Entities;

namespace Lightning.Actors.Tests.Entities;

/// <summary>A stale writer could lose event N+1 and still win N+2 if two writes were in flight: so one method writes, and only it.</summary>
public sealed class PersistCallsTests
{
    [Fact]
    public void Only_the_entity_base_calls_PersistAll_and_nobody_calls_the_other_ways_to_persist()
    {
        using var file = File.OpenRead(typeof(PersistentEntity).Assembly.Location);
        using var pe = new PEReader(file);
        var metadata = pe.GetMetadataReader();
        string[] banned = ["Persist", "PersistAsync", "PersistAllAsync", "DeferAsync", "Defer", "DeleteMessages"];
        var persistAll = new HashSet<int>();
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference || metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name) != "Eventsourced"
                && !metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)member.Parent).Name).EndsWith("PersistentActor", StringComparison.Ordinal)) continue;
            var name = metadata.GetString(member.Name);
            Assert.DoesNotContain(name, banned);
            if (name == "PersistAll") persistAll.Add(MetadataTokens.GetToken(handle));
        }

        for (var row = 1; row <= metadata.GetTableRowCount(TableIndex.MethodSpec); row++)
        {
            var spec = MetadataTokens.MethodSpecificationHandle(row);
            if (persistAll.Contains(MetadataTokens.GetToken(metadata.GetMethodSpecification(spec).Method))) persistAll.Add(MetadataTokens.GetToken(spec));
        }

        var callers = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handle in metadata.MethodDefinitions)
        {
            var method = metadata.GetMethodDefinition(handle);
            if (method.RelativeVirtualAddress == 0) continue;
            var il = pe.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!;
            for (var i = 0; i + 4 < il.Length; i++)
            {
                if (il[i] is 0x28 or 0x6F && persistAll.Contains(BitConverter.ToInt32(il, i + 1)))
                    callers.Add(metadata.GetString(metadata.GetTypeDefinition(method.GetDeclaringType()).Name));
            }
        }

        Assert.Equal([nameof(PersistentEntity)], callers);
    }
}
