/** Imported before the binary: lists every module that is loaded in the file named by SCMC_MODULE_LIST. */
import { register } from "node:module";

register("./record-modules-hooks.js", import.meta.url);
