import { InvalidArgumentError } from "commander";

/** How many, from an option. @throws InvalidArgumentError */
export function toCount(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Write a number such as 20.");
}
