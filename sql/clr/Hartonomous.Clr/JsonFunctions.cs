using System;
using System.Collections.Generic;
using System.Data.SqlTypes;
using System.Globalization;
using System.Text;
using Microsoft.SqlServer.Server;

namespace Hartonomous.Clr
{
    /// <summary>Between vectors and JSON arrays of numbers, for OPENJSON and for applications.</summary>
    public static class JsonFunctions
    {
        /// <summary>JSON knows neither NaN nor infinity: such an element becomes null.</summary>
        [SqlFunction(Name = "clr_BytesToFloatArrayJson", IsDeterministic = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlString BytesToFloatArrayJson([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlString.Null;
            StringBuilder json = new StringBuilder("[");
            foreach (float element in Vector.Read(vector))
            {
                if (json.Length > 1) json.Append(',');
                bool isNumber = !float.IsNaN(element) && !float.IsInfinity(element);
                json.Append(isNumber ? element.ToString("R", CultureInfo.InvariantCulture) : "null");
            }
            return json.Append(']').ToString();
        }

        [SqlFunction(Name = "clr_FloatArrayJsonToBytes", IsDeterministic = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes FloatArrayJsonToBytes([SqlFacet(MaxSize = -1)] SqlString json)
        {
            if (json.IsNull) return SqlBytes.Null;
            return Vector.Write(Parse(json.Value));
        }

        [SqlFunction(Name = "clr_FloatArrayJsonLength", IsDeterministic = true, IsPrecise = true)]
        public static SqlInt32 FloatArrayJsonLength([SqlFacet(MaxSize = -1)] SqlString json)
        {
            if (json.IsNull) return SqlInt32.Null;
            return Parse(json.Value).Length;
        }

        private static float[] Parse(string json)
        {
            string text = json.Trim();
            if (text.Length < 2 || text[0] != '[' || text[text.Length - 1] != ']') throw new FormatException("It is no JSON array.");
            string inner = text.Substring(1, text.Length - 2);
            List<float> elements = new List<float>();
            if (inner.Trim().Length == 0) return elements.ToArray();
            foreach (string part in inner.Split(','))
            {
                float element;
                string number = part.Trim();
                if (number == "null") element = float.NaN;
                else if (!float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out element))
                    throw new FormatException("It is no JSON number: " + number);
                elements.Add(element);
            }
            return elements.ToArray();
        }
    }
}
