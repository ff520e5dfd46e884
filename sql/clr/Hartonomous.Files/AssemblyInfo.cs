using System.Reflection;
using System.Runtime.Versioning;

[assembly: AssemblyTitle("Hartonomous.Files")]
[assembly: AssemblyDescription("Access to files of the server, for PERMISSION_SET = UNSAFE on Windows")]
[assembly: AssemblyVersion("1.0.0.0")]
[assembly: TargetFramework(".NETFramework,Version=v4.8.1", FrameworkDisplayName = ".NET Framework 4.8.1")]
