/** Work on a stream that is one item ahead of its reader. */

/**
 * The results in order. The work on the next item starts before a result is handed on, so that it goes on while the
 * reader deals with the one before.
 */
export async function* oneAhead<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): AsyncGenerator<Result> {
  let before: Promise<Result> | undefined;
  for await (const item of items) {
    const next = work(item);
    // A failure is met when its turn comes; until then nobody waits for it.
    next.catch(() => {});
    if (before) yield await before;
    before = next;
  }
  if (before) yield await before;
}
