/** Only grows, also when the table was made anew: the host keeps the highest it saw (design §1, lease). */
export function nextCounter(previous: number | null, nowSeconds: number): number {
  return Math.max(Math.floor(nowSeconds), (previous ?? 0) + 1);
}
