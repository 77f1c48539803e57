import { unattended } from "../host/longCall.ts";
import type { Log } from "../host/log.ts";
import type { ProjectLookup } from "../projects/projectLookup.ts";
import { errorBody } from "../protocol/errors.ts";
import type { TimelineService } from "../timeline/timelineService.ts";
import type { Handlers } from "./handlers.ts";

type ActMethods = Pick<Handlers, Extract<keyof Handlers, `act/${string}`>>;

export function actMethods(parts: {
  lookup: ProjectLookup;
  timeline: TimelineService;
  log: Log;
}): ActMethods {
  const { lookup, log } = parts;
  const { acts } = parts.timeline;
  return {
    "act/begin": async ({ project, ...params }, call) => {
      const row = lookup.named(project);
      const begun = await acts.begin(row, params, call);
      call.session.hold(keyOf(begun.actId), () => () => {
        acts.abandon(row, { ...begun, cause: params.cause }, unattended).catch((thrown: unknown) => {
          const { code, message } = errorBody(thrown);
          log.warn("an act whose client went away could not be ended", { code, message });
        });
      });
      return begun;
    },
    "act/end": ({ project, ...params }, call) => {
      call.session.letGo(keyOf(params.actId));
      return acts.end(lookup.named(project), params, call);
    },
    "act/ready": async ({ project }, call) => {
      await acts.ready(lookup.named(project), call);
      return {};
    },
  };
}

function keyOf(actId: string): string {
  return `act ${actId}`;
}
