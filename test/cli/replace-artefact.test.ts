/**
 * `scmc run` leaves the artefact of another model as it is, unless that is asked for; a fit of its own model it
 * replaces.
 */
import { expect } from "chai";
import { requireOwnArtefact } from "../../src/cli/places/replace-artefact.js";
import { compiled } from "../runtime/models.js";
import { directoryWith } from "./support.js";

const program = (name: string, variables: readonly string[]) =>
  compiled(`model ${name}\n${variables.map((variable) => `${variable} := linear()`).join("\n")}`);

const kept = () => directoryWith({ "model.json": JSON.stringify({ model: program("doses", ["x", "y"]) }) });

async function codeOf(work: Promise<void>): Promise<string | undefined> {
  return work.then(
    () => undefined,
    ({ diagnostics }) => diagnostics[0].code,
  );
}

describe("replacing an artefact", () => {
  it("goes on where it is of the same model, edited or not", async () => {
    for (const variables of [["x", "y"], ["x", "y", "z"], ["y"]])
      expect(await codeOf(requireOwnArtefact(kept(), program("doses", variables), false))).to.equal(undefined);
  });

  it("is refused without a terminal where it is of another one", async () => {
    const others = [program("weights", ["x", "y"]), program("doses", ["u", "v"])];
    for (const other of others) {
      expect(await codeOf(requireOwnArtefact(kept(), other, false)), other.name).to.equal("7085");
      expect(await codeOf(requireOwnArtefact(kept(), other, true)), other.name).to.equal(undefined);
    }
  });

  it("goes on where nothing is there, or the description is damaged", async () => {
    const other = program("weights", ["w"]);
    expect(await codeOf(requireOwnArtefact("/nowhere/at/all", other, false))).to.equal(undefined);
    const damaged = directoryWith({ "model.json": "{" });
    expect(await codeOf(requireOwnArtefact(damaged, other, false))).to.equal(undefined);
  });
});
