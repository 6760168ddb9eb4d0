using System.Collections.Immutable;

namespace Casefile.Core.RecordTypes;

/// <summary>
/// What a field holds in finer grain than <see cref="FieldType"/> (tracy.md, "Property types"). Most are a field type of their own; those that no
/// <c>result_type</c> stands for are kept as text that only this finer view writes.
/// </summary>
public sealed class PropertyType
{
    /// <summary>One line of text.</summary>
    public static readonly PropertyType Text = new("text", FieldType.Text, ValueMember.String) { IsSortable = true };

    /// <summary>Long text, kept as an artifact.</summary>
    public static readonly PropertyType MultilineText = new("multilineText", FieldType.Artifact, ValueMember.String);

    /// <summary>A whole number within 2^53.</summary>
    public static readonly PropertyType Integer = new("integer", FieldType.Number, ValueMember.Integer) { IsSortable = true };

    /// <summary>A number.</summary>
    public static readonly PropertyType Decimal = new("decimal", FieldType.Number, ValueMember.Decimal) { IsSortable = true };

    /// <summary>0 or 1.</summary>
    public static readonly PropertyType Boolean = new("boolean", FieldType.Boolean, ValueMember.Integer) { IsSortable = true };

    /// <summary>An instant, to the millisecond.</summary>
    public static readonly PropertyType DateTime = new("dateTime", FieldType.Timestamp, ValueMember.DateTime) { IsSortable = true };

    /// <summary>A day.</summary>
    public static readonly PropertyType Date = new("date", FieldType.Timestamp, ValueMember.DateTime) { IsSortable = true };

    /// <summary>One of the property's options.</summary>
    public static readonly PropertyType Option = new("option", FieldType.TextEnum, ValueMember.Option) { IsSortable = true };

    /// <summary>Several of the property's options.</summary>
    public static readonly PropertyType Options = new("options", FieldType.Text, ValueMember.Option) { IsPlural = true, IsReadOnlyText = true };

    /// <summary>A user.</summary>
    public static readonly PropertyType User = new("user", FieldType.Text, ValueMember.User) { IsSortable = true, IsReadOnlyText = true };

    /// <summary>Several users.</summary>
    public static readonly PropertyType Users = new("users", FieldType.Text, ValueMember.User) { IsPlural = true, IsReadOnlyText = true };

    /// <summary>A record.</summary>
    public static readonly PropertyType Record = new("record", FieldType.Text, ValueMember.Record) { IsSortable = true, IsReadOnlyText = true };

    /// <summary>Several records.</summary>
    public static readonly PropertyType Records = new("records", FieldType.Text, ValueMember.Record) { IsPlural = true, IsReadOnlyText = true };

    /// <summary>Names of files.</summary>
    public static readonly PropertyType File = new("file", FieldType.Text, ValueMember.String) { IsPlural = true, IsReadOnlyText = true };

    /// <summary>Names of images.</summary>
    public static readonly PropertyType Image = new("image", FieldType.Text, ValueMember.String) { IsPlural = true, IsReadOnlyText = true };

    /// <summary>A telephone number, as it is written.</summary>
    public static readonly PropertyType Phone = new("phone", FieldType.Text, ValueMember.String) { IsSortable = true };

    /// <summary>An address of electronic mail, as it is written.</summary>
    public static readonly PropertyType Email = new("email", FieldType.Text, ValueMember.String) { IsSortable = true };

    /// <summary>A link, as it is written.</summary>
    public static readonly PropertyType Link = new("link", FieldType.Text, ValueMember.String) { IsSortable = true };

    /// <summary>A postal address, as it is written.</summary>
    public static readonly PropertyType Address = new("address", FieldType.Text, ValueMember.String) { IsSortable = true };

    /// <summary>Who created the record.</summary>
    public static readonly PropertyType Author = new("author", FieldType.Text, ValueMember.User) { IsSortable = true, IsAutomatic = true, IsReadOnlyText = true };

    /// <summary>When the record was created.</summary>
    public static readonly PropertyType Created = new("created", FieldType.Text, ValueMember.DateTime) { IsSortable = true, IsAutomatic = true, IsReadOnlyText = true };

    /// <summary>When the record was last changed.</summary>
    public static readonly PropertyType Changed = new("changed", FieldType.Text, ValueMember.DateTime) { IsSortable = true, IsAutomatic = true, IsReadOnlyText = true };

    /// <summary>The record's number within its dataset, from 1.</summary>
    public static readonly PropertyType Number = new("number", FieldType.Text, ValueMember.Integer) { IsSortable = true, IsAutomatic = true, IsReadOnlyText = true };

    /// <summary>All of them, in the order in which they are listed.</summary>
    public static readonly ImmutableArray<PropertyType> All =
    [
        Text, MultilineText, Integer, Decimal, Boolean, DateTime, Date, Option, Options, User, Users, Record, Records, File, Image, Phone, Email, Link, Address,
        Author, Created, Changed, Number,
    ];

    private PropertyType(string id, FieldType stored, ValueMember member) => (Id, Stored, Member) = (id, stored, member);

    /// <summary>How it is called.</summary>
    public string Id { get; }

    /// <summary>The field type that its values are kept as, and shown as where only field types are known.</summary>
    public FieldType Stored { get; }

    /// <summary>Which member of a datum carries its values.</summary>
    public ValueMember Member { get; }

    /// <summary>Whether the server fills it.</summary>
    public bool IsAutomatic { get; private init; }

    /// <summary>Whether a record may have several values of it.</summary>
    public bool IsPlural { get; private init; }

    /// <summary>Whether records can be ordered by it.</summary>
    public bool IsSortable { get; private init; }

    /// <summary>Its place among the types, from 1.</summary>
    public int Position => All.IndexOf(this) + 1;

    /// <summary>Whether its text means more than text, so that it is not written as a field's value.</summary>
    public bool IsReadOnlyText { get; private init; }

    /// <summary>Whether it has options.</summary>
    public bool HasOptions => Member == ValueMember.Option;

    /// <summary>Whether its values are text and nothing else: such types may become each other.</summary>
    public bool IsPlainText => Stored == FieldType.Text && !IsReadOnlyText;

    /// <summary>The type of this name, or null.</summary>
    public static PropertyType? Find(string? id) => All.FirstOrDefault(type => type.Id == id);

    /// <summary>What a field is that was made by its field type alone. JSON is seen as its text.</summary>
    public static PropertyType Of(FieldType type) => type switch
    {
        FieldType.Text => Text,
        FieldType.Number => Decimal,
        FieldType.Timestamp => DateTime,
        FieldType.Boolean => Boolean,
        FieldType.TextEnum => Option,
        _ => MultilineText,
    };

    /// <inheritdoc/>
    public override string ToString() => Id;
}

/// <summary>The member of a datum that carries a value.</summary>
public enum ValueMember
{
    /// <summary><c>stringValue</c>.</summary>
    String,

    /// <summary><c>integerValue</c>, within 2^53.</summary>
    Integer,

    /// <summary><c>decimalValue</c>.</summary>
    Decimal,

    /// <summary><c>dateTimeValue</c>.</summary>
    DateTime,

    /// <summary><c>optionValue</c>, by its id.</summary>
    Option,

    /// <summary><c>userValue</c>, by its id.</summary>
    User,

    /// <summary><c>recordValue</c>, by its id.</summary>
    Record,
}
