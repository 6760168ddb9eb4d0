using Casefile.Core.Records;
using Casefile.Functions.Http;

namespace Casefile.Functions.Records;

/// <summary>The answer of a list as it was sent.</summary>
/// <param name="Ground">What it hangs on.</param>
/// <param name="ETag">Its entity tag.</param>
/// <param name="Body">Its bytes, not to be changed.</param>
internal sealed record KeptList(ListGround Ground, string ETag, byte[] Body);

/// <summary>What a list was asked. The owner, who is shown all cases, and the others do not put out each other's answers.</summary>
/// <param name="Address">The request's address, with all of its parameters.</param>
/// <param name="ByOwner">Whether the owner asked.</param>
internal readonly record struct ListQuestion(Address Address, bool ByOwner);
