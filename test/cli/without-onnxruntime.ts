/** Node's options under which onnxruntime-node cannot be found, as on a machine where it was not installed. */
const resolve = `export async function resolve(name, context, next) {
  if (name === "onnxruntime-node") throw new Error("Cannot find package 'onnxruntime-node'");
  return next(name, context);
}`;
const hooks = `import { register } from "node:module";
register("data:text/javascript,${encodeURIComponent(resolve)}");`;

export const withoutOnnxruntime: readonly string[] = ["--import", `data:text/javascript,${encodeURIComponent(hooks)}`];
