import * as l10n from "@vscode/l10n";

/**
 * What is wrong with a store's address as somebody types it, or null. Only what can be told without
 * looking; the agent checks the rest.
 */
export function storeUrlProblem(text: string): string | null {
  const value = text.trim();
  if (value === "") return l10n.t("Type dir:///path or s3://bucket/prefix.");
  if (value.startsWith("dir:")) {
    return /^dir:\/\/\/[^?#]+$/.test(value) ? null : l10n.t("A folder is written dir:///absolute/path.");
  }
  if (!value.startsWith("s3://")) return l10n.t("Begin with dir:/// for a folder or s3:// for a bucket.");
  if (!URL.canParse(value)) return l10n.t("This is no complete address yet.");
  const { username, password, hostname, searchParams } = new URL(value);
  if (username || password) {
    return l10n.t(
      "Leave credentials out; the agent finds them where the AWS tools do (environment or ~/.aws).",
    );
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(hostname))
    return l10n.t("Name a bucket: s3://bucket/prefix.");
  const endpoint = searchParams.get("endpoint");
  if (endpoint !== null && !/^https?:\/\/.+/.test(endpoint))
    return l10n.t("The endpoint begins with https:// or http://.");
  return null;
}
