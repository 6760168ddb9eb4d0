using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Casefile.LocalHost;

/// <summary>A function, ready to be called.</summary>
/// <param name="services">The services of this invocation.</param>
/// <param name="http">The request; null for a timer.</param>
/// <param name="timer">The timer's state; null for a request.</param>
/// <param name="cancellation">The client went away, or the process is to stop.</param>
/// <returns>What is to be answered; null where the function has written the answer itself, or there is none.</returns>
internal delegate Task<IResult?> FunctionDelegate(
    IServiceProvider services, HttpContext? http, TimerInfo? timer, CancellationToken cancellation);

/// <summary>Turns a function's method into a delegate that binds its parameters without reflection on each call.</summary>
internal static class FunctionBody
{
    private static readonly ParameterExpression Services = Expression.Parameter(typeof(IServiceProvider), "services");
    private static readonly ParameterExpression Http = Expression.Parameter(typeof(HttpContext), "http");
    private static readonly ParameterExpression Timer = Expression.Parameter(typeof(TimerInfo), "timer");
    private static readonly ParameterExpression Cancellation = Expression.Parameter(typeof(CancellationToken), "cancellation");

    /// <summary>
    /// Readies a function. What does not bind is found here; the code is compiled when it is first called, since a process that compiled two hundred before it listens
    /// would start two seconds later.
    /// </summary>
    /// <param name="name">Its name.</param>
    /// <param name="method">Its method; an instance of its class is made for each call, as the worker does.</param>
    /// <exception cref="InvalidOperationException">A parameter or the result is of a type that LocalHost does not bind.</exception>
    public static FunctionDelegate Of(string name, MethodInfo method)
    {
        var type = method.DeclaringType!;
        _ = Call(name, method, method.IsStatic ? null : Expression.Default(type));
        var compiled = new Lazy<FunctionDelegate>(() =>
            Expression.Lambda<FunctionDelegate>(Call(name, method, method.IsStatic ? null : Target(type)), Services, Http, Timer, Cancellation).Compile());
        return (services, http, timer, cancellation) => compiled.Value(services, http, timer, cancellation);
    }

    private static Expression Call(string name, MethodInfo method, Expression? target)
        => Answer(name, Expression.Call(target, method, method.GetParameters().Select(parameter => Argument(name, parameter))));

    private static UnaryExpression Target(Type type) =>
        Expression.Convert(
            Expression.Invoke(
                Expression.Constant(ActivatorUtilities.CreateFactory(type, [])),
                Services,
                Expression.Constant(null, typeof(object[]))),
            type);

    private static Expression Argument(string function, ParameterInfo parameter)
    {
        var type = parameter.ParameterType;
        return type switch
        {
            _ when type == typeof(HttpRequest) => Expression.Property(Http, nameof(HttpContext.Request)),
            _ when type == typeof(HttpContext) => Http,
            _ when type == typeof(TimerInfo) => Timer,
            _ when type == typeof(CancellationToken) => Cancellation,
            _ when type == typeof(FunctionContext) => Expression.New(
                typeof(LocalFunctionContext).GetConstructors().Single(), Expression.Constant(function), Services, Cancellation),
            _ when type == typeof(string) => Bound(nameof(Text), parameter),
            _ when type == typeof(long) => Bound(nameof(Number), parameter),
            _ when type == typeof(int) => Expression.ConvertChecked(Bound(nameof(Number), parameter), typeof(int)),
            _ => throw new InvalidOperationException($"Function {function}: parameter {parameter.Name} is of type {type}, which is not bound."),
        };
    }

    private static MethodCallExpression Bound(string reader, ParameterInfo parameter) =>
        Expression.Call(typeof(FunctionBody), reader, null, Http, Expression.Constant(parameter.Name));

    private static string? Text(HttpContext http, string name) => http.Request.RouteValues[name] as string;

    private static long Number(HttpContext http, string name) =>
        long.Parse(Text(http, name) ?? "0", NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static Expression Answer(string function, MethodCallExpression call)
    {
        var type = call.Type;
        return type switch
        {
            _ when type == typeof(void) => Expression.Block(call, Expression.Constant(Task.FromResult<IResult?>(null))),
            _ when type == typeof(Task) => Expression.Call(typeof(FunctionBody), nameof(Nothing), null, call),
            _ when typeof(IResult).IsAssignableFrom(type) =>
                Expression.Call(typeof(Task), nameof(Task.FromResult), [typeof(IResult)], Expression.Convert(call, typeof(IResult))),
            _ when type == typeof(Task<IResult>) => call,
            _ when type.IsGenericType
                && type.GetGenericTypeDefinition() == typeof(Task<>)
                && typeof(IResult).IsAssignableFrom(type.GenericTypeArguments[0]) =>
                Expression.Call(typeof(FunctionBody), nameof(Widened), type.GenericTypeArguments, call),
            _ => throw new InvalidOperationException($"Function {function} returns {type}, which is not answered."),
        };
    }

    private static async Task<IResult?> Nothing(Task task)
    {
        await task;
        return null;
    }

    private static async Task<IResult?> Widened<T>(Task<T> task)
        where T : IResult =>
        await task;
}
