/** Reads well-formed XML into elements; throws where it is not well-formed. */
import { SaxesParser } from "saxes";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The text of the element and of all within it. */
  text: string;
}

export function parseXml(text: string): XmlElement[] {
  const parser = new SaxesParser();
  const all: XmlElement[] = [];
  const open: XmlElement[] = [];
  parser.on("error", (error) => {
    throw error;
  });
  parser.on("opentag", (tag) => {
    const element = { name: tag.name, attributes: { ...tag.attributes } as Record<string, string>, text: "" };
    all.push(element);
    open.push(element);
  });
  parser.on("text", (piece) => {
    for (const element of open) element.text += piece;
  });
  parser.on("closetag", () => {
    open.pop();
  });
  parser.write(text).close();
  return all;
}

export function withClass(elements: readonly XmlElement[], name: string): XmlElement[] {
  return elements.filter((element) => (element.attributes.class ?? "").split(" ").includes(name));
}

/** The coordinates of a path made of absolute M and L commands. */
export function pathPoints(path: string): [number, number][] {
  return [...path.matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}
