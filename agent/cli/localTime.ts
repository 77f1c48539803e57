/** "2026-01-02 12:05", where the person is, for an ISO time. */
export function localTime(iso: string): string {
  const time = new Date(iso);
  const two = (value: number) => value.toString().padStart(2, "0");
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
