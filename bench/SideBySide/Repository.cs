namespace Casefile.SideBySide;

internal static class Repository
{
    /// <summary>The folder that the program was built in.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln"))) return folder.FullName;
        throw new InvalidOperationException("The program does not lie in the repository that it was built in.");
    }
}
