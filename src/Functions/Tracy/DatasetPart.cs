using Casefile.Core.RecordTypes;

namespace Casefile.Functions.Tracy;

/// <summary>A thing within a dataset that has a path of its own, with the dataset that it is in.</summary>
/// <param name="Type">The dataset, whose version is also the thing's.</param>
/// <param name="Part">The state, property or option.</param>
internal sealed record DatasetPart<T>(RecordType Type, T Part);
