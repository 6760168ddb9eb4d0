namespace Casefile.Testing;

/// <summary>The tree that the tests were built in.</summary>
public static class Repository
{
    /// <summary>Its folder.</summary>
    /// <exception cref="InvalidOperationException">The tests run elsewhere.</exception>
    public static string Folder
    {
        get
        {
            for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Functions.sln"))) return folder.FullName;
            }

            throw new InvalidOperationException("The tests run outside the repository; Azurite is found there by AZURITE_JS.");
        }
    }
}
