using System;
using System.Collections;
using System.Collections.Generic;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;

namespace Hartonomous.Clr
{
    /// <summary>Functions that give rows.</summary>
    public static class TableFunctions
    {
        [SqlFunction(Name = "VectorElements", FillRowMethodName = "FillElement", TableDefinition = "Position int, Value real")]
        public static IEnumerable Elements([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            List<KeyValuePair<int, float>> rows = new List<KeyValuePair<int, float>>();
            if (Vector.IsNull(vector)) return rows;
            float[] elements = Vector.Read(vector);
            for (int i = 0; i < elements.Length; i++) rows.Add(new KeyValuePair<int, float>(i + 1, elements[i]));
            return rows;
        }

        public static void FillElement(object row, out SqlInt32 position, out SqlSingle value)
        {
            KeyValuePair<int, float> element = (KeyValuePair<int, float>)row;
            position = element.Key;
            value = element.Value;
        }

        [SqlFunction(Name = "SplitText", FillRowMethodName = "FillPart", TableDefinition = "Position int, Part nvarchar(max)")]
        public static IEnumerable Split([SqlFacet(MaxSize = -1)] SqlString text, [SqlFacet(MaxSize = 16)] SqlString separator)
        {
            List<KeyValuePair<int, string>> rows = new List<KeyValuePair<int, string>>();
            if (text.IsNull || separator.IsNull || separator.Value.Length == 0) return rows;
            string[] parts = text.Value.Split(new string[] { separator.Value }, StringSplitOptions.None);
            for (int i = 0; i < parts.Length; i++) rows.Add(new KeyValuePair<int, string>(i + 1, parts[i]));
            return rows;
        }

        public static void FillPart(object row, out SqlInt32 position, out SqlString part)
        {
            KeyValuePair<int, string> found = (KeyValuePair<int, string>)row;
            position = found.Key;
            part = found.Value;
        }
    }
}
