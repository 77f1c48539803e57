/**
 * What is wrong with a store's address as somebody types it, or null. Only what can be told without
 * looking; the agent checks the rest.
 */
export function storeUrlProblem(text: string): string | null {
  const value = text.trim();
  if (value === "") return "Type dir:///path or s3://bucket/prefix.";
  if (value.startsWith("dir:")) {
    return /^dir:\/\/\/[^?#]+$/.test(value) ? null : "A folder is written dir:///absolute/path.";
  }
  if (!value.startsWith("s3://")) return "Begin with dir:/// for a folder or s3:// for a bucket.";
  if (!URL.canParse(value)) return "This is no complete address yet.";
  const { username, password, hostname, searchParams } = new URL(value);
  if (username || password) {
    return "Leave credentials out; the agent finds them where the AWS tools do (environment or ~/.aws).";
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(hostname)) return "Name a bucket: s3://bucket/prefix.";
  const endpoint = searchParams.get("endpoint");
  if (endpoint !== null && !/^https?:\/\/.+/.test(endpoint))
    return "The endpoint begins with https:// or http://.";
  return null;
}
