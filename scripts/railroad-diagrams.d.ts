/** The part of the untyped package that the grammar's drawing uses. */
declare module "@prantlf/railroad-diagrams" {
  export interface Railroad {
    toString(): string;
  }
  type Item = Railroad | string;
  export const Diagram: new (...items: Item[]) => Railroad;
  export const Sequence: new (...items: Item[]) => Railroad;
  export const Choice: new (normal: number, ...items: Item[]) => Railroad;
  export const Optional: new (item: Item) => Railroad;
  export const OneOrMore: new (item: Item, separator?: Item) => Railroad;
  export const ZeroOrMore: new (item: Item, separator?: Item) => Railroad;
  export const Terminal: new (text: string) => Railroad;
  export const NonTerminal: new (text: string) => Railroad;
  export const Skip: new () => Railroad;
}
