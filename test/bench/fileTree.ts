import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../support/randomEdits.ts";

const filesInFolder = 12;
const foldersInPackage = 4;
const words =
  "const return await import export function value string number list entry path state index error".split(
    " ",
  );

/**
 * A tree of a given number of files in the shape of installed dependencies: packages of some folders with a
 * dozen small text files each, now and then a larger one. The same on every machine.
 */
export class FileTree {
  readonly root: string;
  readonly files: number;
  readonly #random = seededRandom(7);
  #changes = 0;

  constructor(root: string, files: number) {
    this.root = root;
    this.files = files;
  }

  /** Writes all files. */
  make(): void {
    for (let number = 0; number < this.files; number++) {
      if (number % filesInFolder === 0) mkdirSync(join(this.#path(number), ".."), { recursive: true });
      writeFileSync(this.#path(number), this.#text(number));
    }
  }

  /** Changes the contents of `count` files that lie all over the tree. */
  change(count: number): void {
    this.#changes++;
    for (let changed = 0; changed < count; changed++) {
      const path = this.#path(Math.floor((changed * this.files) / count));
      writeFileSync(path, `${readFileSync(path, "utf8")}// change ${this.#changes}\n`);
    }
  }

  #path(number: number): string {
    const folder = Math.floor(number / filesInFolder);
    const parent = Math.floor(folder / foldersInPackage);
    return join(
      this.root,
      "modules",
      `package-${parent}`,
      `part-${folder % foldersInPackage}`,
      `${number}.js`,
    );
  }

  /** 0.2 to 6 KB, every hundredth 60 KB. */
  #text(number: number): string {
    const length = number % 100 === 99 ? 8000 : 30 + Math.floor(this.#random() * 770);
    const word = () => words[Math.floor(this.#random() * words.length)] ?? "";
    const lines = Array.from({ length: length / 10 }, () => Array.from({ length: 10 }, word).join(" "));
    return `// ${number} ${this.#random()}\n${lines.join("\n")}\n`;
  }
}
