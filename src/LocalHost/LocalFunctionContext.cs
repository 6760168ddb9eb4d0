using Microsoft.Azure.Functions.Worker;

namespace Casefile.LocalHost;

/// <summary>What LocalHost knows of an invocation. The rest of a <see cref="FunctionContext"/> speaks of the Functions host, which is not there.</summary>
internal sealed class LocalFunctionContext(string function, IServiceProvider services, CancellationToken cancellation) : FunctionContext
{
    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override string FunctionId => function;

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override IDictionary<object, object> Items { get; set; } = new Dictionary<object, object>();

    public override CancellationToken CancellationToken => cancellation;

    public override TraceContext TraceContext => throw Absent(nameof(TraceContext));

    public override BindingContext BindingContext => throw Absent(nameof(BindingContext));

    public override RetryContext RetryContext => throw Absent(nameof(RetryContext));

    public override FunctionDefinition FunctionDefinition => throw Absent(nameof(FunctionDefinition));

    public override IInvocationFeatures Features => throw Absent(nameof(Features));

    private static NotSupportedException Absent(string member) => new($"LocalHost has no {member}.");
}
