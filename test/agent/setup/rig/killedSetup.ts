import { crashAt } from "../../../../agent/host/crashPoints.ts";
import { Setup } from "../../../../agent/setup/setup.ts";

interface Args {
  readonly what: "install" | "remove";
  readonly user: string;
  readonly root: string;
  readonly helper: string;
  readonly point: string;
}

// Sets up or takes back as the command does, and kills itself at one point.
const { what, user, root, helper, point } = JSON.parse(process.argv[2] ?? "") as Args;
const setup = await Setup.for({ user, root, helper, version: "1.0.0", crashPoint: crashAt(point) });
if (what === "install") await setup.install(undefined, () => undefined);
else await setup.remove();
