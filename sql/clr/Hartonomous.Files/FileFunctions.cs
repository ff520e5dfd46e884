using System.Collections;
using System.ComponentModel;
using System.Data.SqlTypes;
using System.IO;
using System.Runtime.InteropServices;
using Microsoft.SqlServer.Server;

namespace Hartonomous.Files
{
    /// <summary>Files as the account of the server sees them. Whoever may call these reads and writes as that account.</summary>
    public static class FileFunctions
    {
        [SqlFunction(Name = "FileExists")]
        public static SqlBoolean Exists([SqlFacet(MaxSize = 4000)] SqlString path)
        {
            return path.IsNull ? SqlBoolean.Null : File.Exists(path.Value);
        }

        [SqlFunction(Name = "FileLength")]
        public static SqlInt64 Length([SqlFacet(MaxSize = 4000)] SqlString path)
        {
            if (path.IsNull || !File.Exists(path.Value)) return SqlInt64.Null;
            return new FileInfo(path.Value).Length;
        }

        [SqlFunction(Name = "ReadFileBytes")]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes ReadBytes([SqlFacet(MaxSize = 4000)] SqlString path)
        {
            return path.IsNull ? SqlBytes.Null : new SqlBytes(File.ReadAllBytes(path.Value));
        }

        [SqlFunction(Name = "ReadFileText")]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlString ReadText([SqlFacet(MaxSize = 4000)] SqlString path)
        {
            return path.IsNull ? SqlString.Null : File.ReadAllText(path.Value);
        }

        /// <summary>Replaces the file; the number of bytes that were written.</summary>
        [SqlFunction(Name = "WriteFileBytes")]
        public static SqlInt64 WriteBytes([SqlFacet(MaxSize = 4000)] SqlString path, [SqlFacet(MaxSize = -1)] SqlBytes content)
        {
            if (path.IsNull || content == null || content.IsNull) return SqlInt64.Null;
            byte[] bytes = content.Value;
            File.WriteAllBytes(path.Value, bytes);
            return bytes.Length;
        }

        [SqlProcedure(Name = "DeleteFile")]
        public static void Delete([SqlFacet(MaxSize = 4000)] SqlString path, out SqlBoolean existed)
        {
            existed = !path.IsNull && File.Exists(path.Value);
            if (existed.IsTrue) File.Delete(path.Value);
        }

        [SqlFunction(Name = "ListDirectory", FillRowMethodName = "FillFile", TableDefinition = "Name nvarchar(260), Bytes bigint")]
        public static IEnumerable List([SqlFacet(MaxSize = 4000)] SqlString path)
        {
            return path.IsNull ? new FileInfo[0] : new DirectoryInfo(path.Value).GetFiles();
        }

        public static void FillFile(object row, out SqlString name, out SqlInt64 bytes)
        {
            FileInfo file = (FileInfo)row;
            name = file.Name;
            bytes = file.Length;
        }

        [SqlFunction(Name = "FreeBytes")]
        public static SqlInt64 FreeBytes([SqlFacet(MaxSize = 4000)] SqlString directory)
        {
            if (directory.IsNull) return SqlInt64.Null;
            long available, total, free;
            if (!GetDiskFreeSpaceEx(directory.Value, out available, out total, out free)) throw new Win32Exception();
            return available;
        }

        [DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
        [return: MarshalAs(UnmanagedType.Bool)]
        private static extern bool GetDiskFreeSpaceEx(string directory, out long available, out long total, out long free);
    }
}
