/** FEATURES.md is what the registries say now, and the registries say what the catalogue promises. */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { exampleDomains, features, featuresMarkdown } from "../../scripts/features.js";
import { abductionOf, densityOf, mechanisms, transforms } from "../../src/model/catalogue/catalogue.js";
import { learnedKinds } from "../../src/runtime/mechanisms/kinds/registry.js";
import { transformNames } from "../../src/runtime/mechanisms/transforms/registry.js";
import { imageTransformNames, mixingTransformNames } from "../../src/runtime/mechanisms/transforms/vector-registry.js";
import { lawCases } from "../runtime/mechanisms/law-cases.js";

describe("features", () => {
  it("FEATURES.md is current (node scripts/generate-features.mjs writes it)", () => {
    expect(readFileSync("FEATURES.md", "utf8")).to.equal(featuresMarkdown());
  });

  it("what runs is in the catalogue, with the abduction and density that it promises", () => {
    expect(Object.keys(mechanisms)).to.have.members(learnedKinds);
    for (const { mechanism, domain, runs } of features()) {
      if (!runs) continue;
      expect(runs.abduction, `${mechanism} of ${domain}`).to.equal(abductionOf(mechanism, exampleDomains[domain]));
      expect(runs.density, `${mechanism} of ${domain}`).to.equal(densityOf(mechanism, exampleDomains[domain]));
    }
    expect([...transformNames, ...mixingTransformNames, ...imageTransformNames]).to.have.members(
      Object.keys(transforms),
    );
  });

  it("every mechanism and domain that runs has a law case", () => {
    const covered = new Set(
      Object.values(lawCases).map(
        ({ mechanisms: all, variables }) => `${all.get("y")!.kind} of ${variables.get("y")!.domain.kind}`,
      ),
    );
    const missing = features()
      .filter(({ runs }) => runs)
      .map(({ mechanism, domain }) => `${mechanism} of ${domain}`)
      .filter((pair) => !covered.has(pair));
    expect(missing).to.deep.equal([]);
  });
});
