/**
 * How loud the status bar is: colour is for what needs a person. There `good` is as quiet as `quiet`; the
 * health page tells them apart.
 */
export const tones = ["good", "quiet", "warning", "error"] as const;
export type Tone = (typeof tones)[number];
