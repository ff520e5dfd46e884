using System;
using System.Data.SqlTypes;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.SqlServer.Server;

namespace Hartonomous.Clr
{
    /// <summary>From a number to a number, both included, written "0.5..2".</summary>
    [Serializable]
    [SqlUserDefinedType(Format.Native, Name = "NumberRange", IsByteOrdered = false)]
    [StructLayout(LayoutKind.Sequential)]
    public struct NumberRange : INullable
    {
        private double low;
        private double high;
        private bool isNull;

        public bool IsNull
        {
            get { return isNull; }
        }

        public static NumberRange Null
        {
            get
            {
                NumberRange range = new NumberRange();
                range.isNull = true;
                return range;
            }
        }

        public SqlDouble Low
        {
            get { return isNull ? SqlDouble.Null : low; }
        }

        public SqlDouble High
        {
            get { return isNull ? SqlDouble.Null : high; }
        }

        [SqlMethod(OnNullCall = false, IsDeterministic = true)]
        public SqlBoolean Contains(SqlDouble value)
        {
            return value.Value >= low && value.Value <= high;
        }

        [SqlMethod(OnNullCall = false)]
        public static NumberRange Parse(SqlString text)
        {
            string[] parts = text.Value.Split(new string[] { ".." }, StringSplitOptions.None);
            if (parts.Length != 2) throw new FormatException("A range is written low..high, and this is " + text.Value);
            NumberRange range = new NumberRange();
            range.low = double.Parse(parts[0], CultureInfo.InvariantCulture);
            range.high = double.Parse(parts[1], CultureInfo.InvariantCulture);
            if (range.low > range.high) throw new FormatException("The range " + text.Value + " ends before it begins.");
            return range;
        }

        public override string ToString()
        {
            if (isNull) return "NULL";
            return low.ToString("R", CultureInfo.InvariantCulture) + ".." + high.ToString("R", CultureInfo.InvariantCulture);
        }
    }
}
