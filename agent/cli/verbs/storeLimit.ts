import { type Command, InvalidArgumentError } from "commander";
import type { CliContext } from "../cliContext.ts";
import { limitsText } from "../projectText.ts";
import { parseSize } from "../size.ts";

/** Commander takes null for an option that was not given. */
type Rate = number | "off";

interface Options {
  readonly upload?: Rate;
  readonly download?: Rate;
}

/** `forkpoint store limit` */
export function addStoreLimit(store: Command, context: CliContext): void {
  store
    .command("limit")
    .description(
      "Limits how fast snapshots are sent to the store and fetched from it, for all transfers of the agent together,\n" +
        "from now on and also after a start. Without options it says what the limits are.",
    )
    .option("--upload <rate>", "bytes a second, such as 500K or 2M; off for no limit", toRate)
    .option("--download <rate>", "the same for what is fetched", toRate)
    .addHelpText("after", "\nExample:\n  $ forkpoint store limit --upload 2M --download off")
    .action(async ({ upload, download }: Options) => {
      const limited = await context.call("store/limit", {
        ...(upload === undefined ? {} : { upload: upload === "off" ? null : upload }),
        ...(download === undefined ? {} : { download: download === "off" ? null : download }),
      });
      context.show(limited, () => `Limits: ${limitsText(limited.limits) ?? "none"}.`);
    });
}

function toRate(text: string): Rate {
  if (text === "off") return text;
  const rate = parseSize(text.replace(/\/s$/, ""));
  if (rate < 1024) throw new InvalidArgumentError("Write at least 1K, or off.");
  return rate;
}
