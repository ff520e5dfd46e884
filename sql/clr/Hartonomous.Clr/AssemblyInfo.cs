using System.Reflection;
using System.Runtime.Versioning;

[assembly: AssemblyTitle("Hartonomous.Clr")]
[assembly: AssemblyDescription("Vector operations, JSON bridges, an aggregate and a type, for PERMISSION_SET = SAFE")]
[assembly: AssemblyVersion("1.0.0.0")]
[assembly: TargetFramework(".NETFramework,Version=v4.8.1", FrameworkDisplayName = ".NET Framework 4.8.1")]
