using System.Diagnostics.CodeAnalysis;
using Akka.Actor;

namespace Lightning.Actors.Entities;

/// <summary>
/// Props of actors that are made for every payment. Those made from an expression compile a piece of code for each argument, each time, which cost more
/// than the payment itself.
/// </summary>
internal static class EntityProps
{
    /// <summary>An actor by its constructor's arguments, in their order.</summary>
    public static Props Of<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TActor>(params object[] arguments)
        where TActor : ActorBase => Props.Create(typeof(TActor), arguments);
}
