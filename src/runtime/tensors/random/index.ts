/** Seeded, splittable, order-independent random numbers. */
export { RandomKey } from "./random-key.js";
