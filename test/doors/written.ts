/** The output of a verb, called in this process. */

/** The text of standard output. Messages on standard error are dropped. */
export async function printed(verb: () => Promise<unknown>): Promise<string> {
  const [out, error] = [process.stdout.write, process.stderr.write];
  let text = "";
  const take = (chunk: string | Uint8Array, done?: unknown) => {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (typeof done === "function") done();
    return true;
  };
  const drop = (_: unknown, done?: unknown) => {
    if (typeof done === "function") done();
    return true;
  };
  process.stdout.write = take as typeof process.stdout.write;
  process.stderr.write = drop as typeof process.stderr.write;
  try {
    await verb();
    return text;
  } finally {
    process.stdout.write = out;
    process.stderr.write = error;
  }
}
