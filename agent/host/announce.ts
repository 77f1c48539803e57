import type { EventBody, EventName } from "../protocol/events.ts";

/** Tells every client that something lasting changed. Called after the change is on the disk. */
export type Announce = <E extends EventName>(event: E, body: EventBody<E>) => void;

/** For work that nobody watches. */
export const announceToNobody: Announce = () => undefined;
