/** Loaded before all else, has tfjs's CPU backend compute in double precision: its kernels make arrays by this name. */
Object.assign(globalThis, { Float32Array: Float64Array });
