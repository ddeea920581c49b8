/** Class numbers as rows with a single 1: (samples) -> (samples, classCount), flat. */
export function oneHot(labels: ArrayLike<number>, classCount: number): Float32Array {
  const rows = new Float32Array(labels.length * classCount);
  for (let index = 0; index < labels.length; index++) rows[index * classCount + (labels[index] ?? 0)] = 1;
  return rows;
}
