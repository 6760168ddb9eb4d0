using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.Functions.Tests;

/// <summary>An endpoint as a function's attributes declare it.</summary>
/// <param name="Name">The function's name.</param>
/// <param name="Method">Its method.</param>
/// <param name="Route">Its route, with a slash in front.</param>
internal sealed record DeclaredEndpoint(string Name, string Method, string Route)
{
    /// <summary>Every endpoint by its name, but what takes the rest.</summary>
    public static IReadOnlyDictionary<string, DeclaredEndpoint> All { get; } = typeof(Fallthrough).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods())
        .Select(method => (
            method.GetCustomAttribute<FunctionAttribute>()?.Name,
            Trigger: method.GetParameters().Select(each => each.GetCustomAttribute<HttpTriggerAttribute>()).FirstOrDefault(each => each is not null)))
        .Where(each => each is { Name: not null and not Fallthrough.Name, Trigger: not null })
        .Select(each => new DeclaredEndpoint(each.Name!, each.Trigger!.Methods!.Single().ToUpperInvariant(), "/" + each.Trigger.Route))
        .ToDictionary(each => each.Name, StringComparer.Ordinal);
}
