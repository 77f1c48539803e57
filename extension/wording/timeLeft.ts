/** "9 s left", "3 min left", "2 h 5 min left". */
export function timeLeft(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  if (seconds <= 59) return `${Math.max(1, Math.ceil(seconds))} s left`;
  if (minutes < 60) return `${minutes} min left`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`;
  return `${Math.round(minutes / (24 * 60))} days left`;
}
