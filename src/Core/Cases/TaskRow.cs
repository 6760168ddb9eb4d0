namespace Casefile.Core.Cases;

/// <summary>The properties of a task's row.</summary>
public static class TaskRow
{
    /// <summary>What is to be done (<see cref="LongText"/>).</summary>
    public const string Description = "desc";

    /// <summary>True once it is done.</summary>
    public const string Completed = "done";

    /// <summary>User ids as a JSON array.</summary>
    public const string Assignees = "assignees";
}
