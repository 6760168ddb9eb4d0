using System.Reflection;
using Microsoft.Azure.Functions.Worker;

namespace Casefile.LocalHost;

/// <summary>The functions of an assembly, found by their attributes once, at start.</summary>
/// <param name="Http">Those with an HTTP trigger, in the order in which the Functions host tries them: by name.</param>
/// <param name="Timers">Those with a timer.</param>
internal sealed record FunctionCatalog(IReadOnlyList<HttpFunction> Http, IReadOnlyList<TimerFunction> Timers)
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>Finds the functions of an assembly.</summary>
    /// <exception cref="InvalidOperationException">Two share a name, or one has no trigger, or a parameter that nothing binds.</exception>
    public static FunctionCatalog Of(Assembly assembly)
    {
        var http = new SortedDictionary<string, HttpFunction>(StringComparer.OrdinalIgnoreCase);
        var timers = new SortedDictionary<string, TimerFunction>(StringComparer.OrdinalIgnoreCase);
        foreach (var method in assembly.GetTypes().SelectMany(type => type.GetMethods(Declared)))
        {
            if (method.GetCustomAttribute<FunctionAttribute>() is not { Name: var name })
            {
                continue;
            }

            if (http.ContainsKey(name) || timers.ContainsKey(name))
            {
                throw new InvalidOperationException($"Two functions are called {name}.");
            }

            if (Trigger<HttpTriggerAttribute>(method) is { } route)
            {
                http.Add(name, new HttpFunction(name, route.Route ?? name, route.Methods ?? [], FunctionBody.Of(name, method)));
            }
            else if (Trigger<TimerTriggerAttribute>(method) is { } timer)
            {
                timers.Add(name, new TimerFunction(name, timer.Schedule, timer.RunOnStartup, FunctionBody.Of(name, method)));
            }
            else
            {
                throw new InvalidOperationException($"Function {name} has no trigger.");
            }
        }

        return new FunctionCatalog([.. http.Values], [.. timers.Values]);
    }

    private static T? Trigger<T>(MethodInfo method)
        where T : Attribute =>
        method.GetParameters().Select(parameter => parameter.GetCustomAttribute<T>()).FirstOrDefault(trigger => trigger is not null);
}

/// <summary>A function that answers requests.</summary>
/// <param name="Name">Its name, which decides when its route is tried.</param>
/// <param name="Route">Its route template, without the prefix.</param>
/// <param name="Methods">The methods it takes; empty for all.</param>
/// <param name="Invoke">The function itself.</param>
internal sealed record HttpFunction(string Name, string Route, IReadOnlyList<string> Methods, FunctionDelegate Invoke);

/// <summary>A function that runs by the clock.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Schedule">NCRONTAB, or <c>%Setting%</c> that names the setting with it.</param>
/// <param name="RunOnStartup">Whether it also runs once when the process starts.</param>
/// <param name="Invoke">The function itself.</param>
internal sealed record TimerFunction(string Name, string Schedule, bool RunOnStartup, FunctionDelegate Invoke);
