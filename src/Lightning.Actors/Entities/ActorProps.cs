using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Lightning.Actors.Entities;

/// <summary>Props by a constructor's arguments. Those made from an expression compile a piece of code for each argument, each time they are made.</summary>
internal static class ActorProps
{
    /// <summary>An actor by its constructor's arguments, in their order.</summary>
    public static Props Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActor>(params object?[] arguments)
        where TActor : ActorBase => Props.Create(typeof(TActor), arguments!);
}
