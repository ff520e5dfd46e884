using System;
using System.Data.SqlTypes;
using Microsoft.SqlServer.Server;

namespace Hartonomous.Clr
{
    /// <summary>Scalar functions of vectors. NULL in any of them gives NULL.</summary>
    public static class VectorFunctions
    {
        [SqlFunction(Name = "VectorDimensions", IsDeterministic = true, IsPrecise = true)]
        public static SqlInt32 Dimensions([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlInt32.Null;
            return Vector.Read(vector).Length;
        }

        [SqlFunction(Name = "VectorElement", IsDeterministic = true)]
        public static SqlSingle Element([SqlFacet(MaxSize = -1)] SqlBytes vector, SqlInt32 position)
        {
            if (Vector.IsNull(vector) || position.IsNull) return SqlSingle.Null;
            float[] elements = Vector.Read(vector);
            if (position.Value < 1 || position.Value > elements.Length) return SqlSingle.Null;
            return elements[position.Value - 1];
        }

        [SqlFunction(Name = "VectorDot", IsDeterministic = true)]
        public static SqlDouble Dot([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlDouble.Null;
            float[] first, second;
            Vector.ReadPair(left, right, out first, out second);
            return Vector.Dot(first, second);
        }

        [SqlFunction(Name = "VectorNorm", IsDeterministic = true)]
        public static SqlDouble Norm([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlDouble.Null;
            float[] elements = Vector.Read(vector);
            return Math.Sqrt(Vector.Dot(elements, elements));
        }

        [SqlFunction(Name = "VectorCosineSimilarity", IsDeterministic = true)]
        public static SqlDouble CosineSimilarity([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlDouble.Null;
            float[] first, second;
            Vector.ReadPair(left, right, out first, out second);
            double lengths = Math.Sqrt(Vector.Dot(first, first)) * Math.Sqrt(Vector.Dot(second, second));
            return lengths == 0 ? SqlDouble.Null : Vector.Dot(first, second) / lengths;
        }

        [SqlFunction(Name = "VectorCosineDistance", IsDeterministic = true)]
        public static SqlDouble CosineDistance([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            SqlDouble similarity = CosineSimilarity(left, right);
            return similarity.IsNull ? SqlDouble.Null : 1 - similarity.Value;
        }

        [SqlFunction(Name = "VectorEuclideanDistance", IsDeterministic = true)]
        public static SqlDouble EuclideanDistance([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlDouble.Null;
            float[] first, second;
            Vector.ReadPair(left, right, out first, out second);
            double sum = 0;
            for (int i = 0; i < first.Length; i++)
            {
                double difference = (double)first[i] - second[i];
                sum += difference * difference;
            }
            return Math.Sqrt(sum);
        }

        [SqlFunction(Name = "VectorManhattanDistance", IsDeterministic = true)]
        public static SqlDouble ManhattanDistance([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlDouble.Null;
            float[] first, second;
            Vector.ReadPair(left, right, out first, out second);
            double sum = 0;
            for (int i = 0; i < first.Length; i++) sum += Math.Abs((double)first[i] - second[i]);
            return sum;
        }

        [SqlFunction(Name = "VectorAdd", IsDeterministic = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes Add([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlBytes.Null;
            float[] first, second;
            Vector.ReadPair(left, right, out first, out second);
            for (int i = 0; i < first.Length; i++) first[i] += second[i];
            return Vector.Write(first);
        }

        [SqlFunction(Name = "VectorSubtract", IsDeterministic = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes Subtract([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlBytes.Null;
            float[] first, second;
            Vector.ReadPair(left, right, out first, out second);
            for (int i = 0; i < first.Length; i++) first[i] -= second[i];
            return Vector.Write(first);
        }

        [SqlFunction(Name = "VectorScale", IsDeterministic = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes Scale([SqlFacet(MaxSize = -1)] SqlBytes vector, SqlDouble factor)
        {
            if (Vector.IsNull(vector) || factor.IsNull) return SqlBytes.Null;
            float[] elements = Vector.Read(vector);
            for (int i = 0; i < elements.Length; i++) elements[i] = (float)(elements[i] * factor.Value);
            return Vector.Write(elements);
        }

        [SqlFunction(Name = "VectorNormalize", IsDeterministic = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes Normalize([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlBytes.Null;
            float[] elements = Vector.Read(vector);
            double norm = Math.Sqrt(Vector.Dot(elements, elements));
            if (norm == 0) return SqlBytes.Null;
            for (int i = 0; i < elements.Length; i++) elements[i] = (float)(elements[i] / norm);
            return Vector.Write(elements);
        }

        [SqlFunction(Name = "VectorConcat", IsDeterministic = true, IsPrecise = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes Concat([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlBytes.Null;
            float[] first = Vector.Read(left), second = Vector.Read(right);
            float[] both = new float[first.Length + second.Length];
            first.CopyTo(both, 0);
            second.CopyTo(both, first.Length);
            return Vector.Write(both);
        }

        [SqlFunction(Name = "VectorSlice", IsDeterministic = true, IsPrecise = true)]
        [return: SqlFacet(MaxSize = -1)]
        public static SqlBytes Slice([SqlFacet(MaxSize = -1)] SqlBytes vector, SqlInt32 position, SqlInt32 count)
        {
            if (Vector.IsNull(vector) || position.IsNull || count.IsNull) return SqlBytes.Null;
            float[] elements = Vector.Read(vector);
            int first = Math.Min(Math.Max(position.Value - 1, 0), elements.Length);
            float[] part = new float[Math.Min(Math.Max(count.Value, 0), elements.Length - first)];
            Array.Copy(elements, first, part, 0, part.Length);
            return Vector.Write(part);
        }

        [SqlFunction(Name = "VectorSum", IsDeterministic = true)]
        public static SqlDouble Sum([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlDouble.Null;
            double sum = 0;
            foreach (float element in Vector.Read(vector)) sum += element;
            return sum;
        }

        [SqlFunction(Name = "VectorMean", IsDeterministic = true)]
        public static SqlDouble Mean([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            SqlDouble sum = Sum(vector);
            int count = sum.IsNull ? 0 : Vector.Read(vector).Length;
            return count == 0 ? SqlDouble.Null : sum.Value / count;
        }

        [SqlFunction(Name = "VectorMinimum", IsDeterministic = true)]
        public static SqlSingle Minimum([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlSingle.Null;
            float[] elements = Vector.Read(vector);
            if (elements.Length == 0) return SqlSingle.Null;
            float least = elements[0];
            foreach (float element in elements) least = Math.Min(least, element);
            return least;
        }

        [SqlFunction(Name = "VectorMaximum", IsDeterministic = true)]
        public static SqlSingle Maximum([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlSingle.Null;
            float[] elements = Vector.Read(vector);
            if (elements.Length == 0) return SqlSingle.Null;
            float greatest = elements[0];
            foreach (float element in elements) greatest = Math.Max(greatest, element);
            return greatest;
        }

        [SqlFunction(Name = "VectorIsFinite", IsDeterministic = true)]
        public static SqlBoolean IsFinite([SqlFacet(MaxSize = -1)] SqlBytes vector)
        {
            if (Vector.IsNull(vector)) return SqlBoolean.Null;
            foreach (float element in Vector.Read(vector))
                if (float.IsNaN(element) || float.IsInfinity(element)) return SqlBoolean.False;
            return SqlBoolean.True;
        }

        [SqlFunction(Name = "HammingDistance", IsDeterministic = true, IsPrecise = true)]
        public static SqlInt32 HammingDistance([SqlFacet(MaxSize = -1)] SqlBytes left, [SqlFacet(MaxSize = -1)] SqlBytes right)
        {
            if (Vector.IsNull(left) || Vector.IsNull(right)) return SqlInt32.Null;
            byte[] first = left.Value, second = right.Value;
            if (first.Length != second.Length) return SqlInt32.Null;
            int distance = 0;
            for (int i = 0; i < first.Length; i++)
                for (int bits = first[i] ^ second[i]; bits != 0; bits &= bits - 1) distance++;
            return distance;
        }

        /// <summary>Dimensions and length of a vector in one call.</summary>
        [SqlProcedure(Name = "DescribeVector")]
        public static void Describe([SqlFacet(MaxSize = -1)] SqlBytes vector, out SqlInt32 dimensions, out SqlDouble norm)
        {
            dimensions = Dimensions(vector);
            norm = Norm(vector);
        }
    }
}
