type Child = Node | string | null;

interface Properties {
  readonly class?: string;
  /** Attributes as they are written in HTML; null ones are left out. */
  readonly attributes?: Readonly<Record<string, string | null>>;
  readonly onClick?: () => void;
}

/** Makes an element. Texts become text nodes, so nothing in a label is ever read as markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { class: names, attributes = {}, onClick }: Properties = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (names) made.className = names;
  setAttributes(made, attributes);
  if (onClick) made.addEventListener("click", onClick);
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** Makes an element of a drawing. */
export function drawing<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string | null>> = {},
  ...children: readonly Node[]
): SVGElementTagNameMap[K] {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

function setAttributes(target: Element, attributes: Readonly<Record<string, string | null>>): void {
  for (const [name, value] of Object.entries(attributes))
    if (value !== null) target.setAttribute(name, value);
}
