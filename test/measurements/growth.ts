/** Size with a measured value. */
export interface Point {
  size: number;
  value: number;
}

/** Returns the power of the size with which a value grows: the slope of the least-squares line through the logarithms of both. */
export function exponent(points: readonly Point[]): number {
  if (points.length < 2) return Number.NaN;
  const logs = points.map(({ size, value }) => ({ x: Math.log(size), y: Math.log(value) }));
  const [meanX, meanY] = [mean(logs.map(({ x }) => x)), mean(logs.map(({ y }) => y))];
  const covariance = mean(logs.map(({ x, y }) => (x - meanX) * (y - meanY)));
  return Math.round((covariance / mean(logs.map(({ x }) => (x - meanX) ** 2))) * 100) / 100;
}

/** Returns the power from each size to the next. A change of it shows where growth changes. */
export function exponents(points: readonly Point[]): number[] {
  return points.slice(1).map((point, place) => exponent([points[place]!, point]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
