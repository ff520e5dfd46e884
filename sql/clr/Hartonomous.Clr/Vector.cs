using System;
using System.Data.SqlTypes;

namespace Hartonomous.Clr
{
    /// <summary>A vector is its elements as IEEE 754 single precision, little-endian, one after the other.</summary>
    internal static class Vector
    {
        internal const int ElementSize = 4;

        internal static bool IsNull(SqlBytes value)
        {
            return value == null || value.IsNull;
        }

        internal static float[] Read(SqlBytes value)
        {
            byte[] bytes = value.Value;
            if (bytes.Length % ElementSize != 0)
                throw new ArgumentException("A vector has a multiple of 4 bytes, and this one has " + bytes.Length + ".");
            float[] elements = new float[bytes.Length / ElementSize];
            Buffer.BlockCopy(bytes, 0, elements, 0, bytes.Length);
            return elements;
        }

        internal static SqlBytes Write(float[] elements)
        {
            byte[] bytes = new byte[elements.Length * ElementSize];
            Buffer.BlockCopy(elements, 0, bytes, 0, bytes.Length);
            return new SqlBytes(bytes);
        }

        /// <summary>Both vectors, which must have the same number of elements.</summary>
        internal static void ReadPair(SqlBytes left, SqlBytes right, out float[] first, out float[] second)
        {
            first = Read(left);
            second = Read(right);
            if (first.Length != second.Length)
                throw new ArgumentException("The vectors have " + first.Length + " and " + second.Length + " elements.");
        }

        internal static double Dot(float[] left, float[] right)
        {
            double sum = 0;
            for (int i = 0; i < left.Length; i++) sum += (double)left[i] * right[i];
            return sum;
        }
    }
}
