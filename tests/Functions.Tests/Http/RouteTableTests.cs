using Casefile.Functions.Http;

namespace Casefile.Functions.Tests.Http;

public sealed class RouteTableTests
{
    private readonly RouteTable routes = RouteTable.Of(typeof(Fallthrough).Assembly, except: Fallthrough.Name);

    [Theory]
    [InlineData("/api/health", "GET")]
    [InlineData("/api/health/", "GET")]
    [InlineData("/API/Health", "GET")]
    [InlineData("/", "")]
    [InlineData("/api", "")]
    [InlineData("/api/health/more", "")]
    [InlineData("/{*path}", "")]
    public void A_path_has_the_methods_of_its_functions(string path, string methods)
        => Assert.Equal(methods, string.Join(", ", routes.MethodsOf(path)));

    [Fact]
    public void Ids_match_numbers_only_and_methods_of_several_functions_join()
    {
        routes.Add("api/v1/things/{id:long}", ["put", "get"]);
        routes.Add("api/v1/things/{id:long}", ["delete"]);
        routes.Add("api/v1/things/{name}/part", ["get"]);

        Assert.Equal(["DELETE", "GET", "PUT"], routes.MethodsOf("/api/v1/things/7"));
        Assert.Empty(routes.MethodsOf("/api/v1/things/seven"));
        Assert.Equal(["GET"], routes.MethodsOf("/api/v1/things/seven/part"));
    }

    [Fact]
    public void Nothing_sorts_behind_the_fallthrough()
    {
        var names = typeof(Fallthrough).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetCustomAttributes(typeof(Microsoft.Azure.Functions.Worker.FunctionAttribute), inherit: false))
            .Select(function => ((Microsoft.Azure.Functions.Worker.FunctionAttribute)function).Name);

        Assert.Equal(Fallthrough.Name, names.Max(StringComparer.OrdinalIgnoreCase));
    }
}
