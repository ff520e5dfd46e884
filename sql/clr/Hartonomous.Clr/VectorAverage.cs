using System;
using System.Data.SqlTypes;
using System.IO;
using Microsoft.SqlServer.Server;

namespace Hartonomous.Clr
{
    /// <summary>The mean of vectors, element by element. NULLs do not count.</summary>
    [Serializable]
    [SqlUserDefinedAggregate(
        Format.UserDefined,
        Name = "VectorAverage",
        MaxByteSize = -1,
        IsInvariantToNulls = true,
        IsInvariantToDuplicates = false,
        IsInvariantToOrder = true,
        IsNullIfEmpty = true)]
    public class VectorAverage : IBinarySerialize
    {
        private double[] sums;
        private long count;

        public void Init()
        {
            sums = null;
            count = 0;
        }

        public void Accumulate([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return;
            float[] elements = Vector.Read(vector);
            Add(Array.ConvertAll(elements, new Converter<float, double>(Convert.ToDouble)), 1);
        }

        public void Merge(VectorAverage other)
        {
            if (other.count > 0) Add(other.sums, other.count);
        }

        [return: SqlFacet(MaxSize = -1)]
        public SqlBytes Terminate()
        {
            if (count == 0) return SqlBytes.Null;
            float[] means = new float[sums.Length];
            for (int i = 0; i < means.Length; i++) means[i] = (float)(sums[i] / count);
            return Vector.Write(means);
        }

        public void Read(BinaryReader reader)
        {
            count = reader.ReadInt64();
            int length = reader.ReadInt32();
            sums = length < 0 ? null : new double[length];
            for (int i = 0; i < length; i++) sums[i] = reader.ReadDouble();
        }

        public void Write(BinaryWriter writer)
        {
            writer.Write(count);
            writer.Write(sums == null ? -1 : sums.Length);
            if (sums == null) return;
            foreach (double sum in sums) writer.Write(sum);
        }

        private void Add(double[] values, long rows)
        {
            if (sums == null) sums = new double[values.Length];
            if (sums.Length != values.Length)
                throw new ArgumentException("The vectors have " + sums.Length + " and " + values.Length + " elements.");
            for (int i = 0; i < sums.Length; i++) sums[i] += values[i];
            count += rows;
        }
    }
}
