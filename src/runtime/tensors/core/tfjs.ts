// tfjs-core with every gradient registered and its plain JavaScript backend ("cpu"), bundled in place by the build:
// the published ES modules do not load in Node, and the gradients are not part of tfjs-core's Node entry.
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
// Some gradients call operations as methods of tensors.
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-backend-cpu";
import { findBackend, setBackend } from "@tensorflow/tfjs-core";

// On its first write the backend advertises a native one on the console; by then it is no longer its first use.
Object.assign(findBackend("cpu"), { firstUse: false });
void setBackend("cpu");

export * from "@tensorflow/tfjs-core";
