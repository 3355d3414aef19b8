/** Work that is started ahead and taken up in order. */

/**
 * Starts up to `ahead` pieces of work before the first has ended, and hands on their results in the order of the
 * pieces.
 */
export async function inOrder<Result>(
  pieces: number,
  ahead: number,
  start: (piece: number) => Promise<Result>,
  take: (result: Result, piece: number) => void,
): Promise<void> {
  const started: Promise<Result>[] = [];
  for (let piece = 0; piece < pieces; piece++) {
    for (; started.length < Math.min(pieces, piece + ahead); ) {
      const work = start(started.length);
      // A failure is met below, when its turn comes; until then it is no unhandled one.
      work.catch(() => {});
      started.push(work);
    }
    take(await started[piece]!, piece);
    delete started[piece];
  }
}

/** The same work, of which a call starts when the one before has ended. */
export function oneAtATime<Arguments extends unknown[], Result>(
  work: (...given: Arguments) => Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  let before: Promise<unknown> = Promise.resolve();
  return (...given) => {
    const result = before.then(() => work(...given));
    before = result.catch(() => {});
    return result;
  };
}

/** Works on each item while the result of the one before is still being written; writes in order, one at a time. */
export async function pipelined<Item, Result>(
  items: AsyncIterable<Item> | Iterable<Item>,
  work: (item: Item) => Promise<Result>,
  write: (result: Result) => Promise<void>,
): Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  for await (const item of items) {
    const result = work(item);
    result.catch(() => {});
    await writing;
    writing = result.then(write);
    writing.catch(() => {});
  }
  await writing;
}
