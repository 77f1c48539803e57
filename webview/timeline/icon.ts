import { drawing } from "../element.ts";
import { type IconName, iconOutlines } from "./iconOutlines.ts";

/** A product icon for decoration; what it means must stand in words nearby. */
export function icon(name: IconName): SVGSVGElement {
  return drawing(
    "svg",
    { viewBox: "0 0 16 16", width: "16", height: "16", class: "icon", "aria-hidden": "true" },
    drawing("path", { d: iconOutlines[name], "fill-rule": "evenodd" }),
  );
}
