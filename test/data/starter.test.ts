import { readdirSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { readDataset } from "../../src/data/dataset/read-dataset.js";
import { proposeStarter, writeStarter } from "../../src/data/dataset/starter.js";
import { readTable } from "../../src/data/tables/read-table.js";
import { DataDirectory, problemsOf } from "./data-directory.js";

const clinic = [
  "patient id,Größe (cm),sex,smoker,visits,BMI,site,for,note,2nd,twice,twice",
  "17,171.5,F,0,3,22.5,A,-1,n1,1,1,1",
  "4,180,M,1,0,,A,2,n2,2,2,2",
  "9,165,F,0,12,31,A,0.5,n3,3.5,3,3",
  "",
].join("\n");

describe("starter", () => {
  let data: DataDirectory;
  beforeEach(() => {
    data = new DataDirectory();
  });
  afterEach(() => data.remove());

  const propose = async (text: string) =>
    proposeStarter(await readTable(data.write("clinic.csv", text)), { table: "clinic.csv", manifest: "m.json" });

  it("proposes cautious types, legal names, and says what it left out", async () => {
    expect((await propose(clinic)).program).to.equal(
      [
        "# A first model of clinic.csv (3 rows; bound in m.json).",
        "# Every variable is a root so far: nothing causes anything. Name the causes of a variable as its parents: `b := flow(a)`",
        "# says that a causes b. A category has parents as well: `c := categorical(a, b)`.",
        "model clinic",
        "",
        'Größe_cm : real "Größe (cm)" := flow()        # observed 165 to 180; if it can never be 0 or less: positive',
        'sex : categorical("F", "M") := categorical()',
        "smoker : binary := bernoulli()",
        "visits : real := flow()                       # observed 0 to 12; if it counts something: count",
        "BMI : real := flow()                          # observed 22.5 to 31; if it can never be 0 or less: positive; 1 value is missing: a fit leaves these rows out or completes them",
        'for_ : real "for" := flow()                   # observed -1 to 2',
        '_2nd : real "2nd" := flow()                   # observed 1 to 3.5; if it can never be 0 or less: positive',
        "",
        "# Left out:",
        '# "patient id": a different value in every row: it names the rows',
        '# "site": constant: every value is "A"',
        '# "note": a different value in every row: it names the rows',
        '# "twice": two columns have this name: rename one',
        '# "twice": two columns have this name: rename one',
        "",
      ].join("\n"),
    );
  });

  it("reads decimal commas, counts of thousands and truth values, and says what it cannot tell", async () => {
    const text = 'a;t;w;s;z\n1,5;True;no;1;0\n2,25;False;yes;0;0\n3,0;True;no;1;2,5\n"4,125";False;no;1;1,5\n';
    const { files } = await writeStarter(data.write("eu.csv", text));
    const program = readFileSync(files.program, "utf8");
    expect(program).to.contain("t : binary := bernoulli()\nw : binary := bernoulli()\ns : binary := bernoulli()");
    expect(program).to.match(/^a : real := flow\(\) +# observed 1.5 to 4.125/m);
    expect(program).to.match(/^z : real := flow\(\) +# .*50 % are exactly 0: nonnegative/m);
    expect(JSON.parse(readFileSync(files.manifest, "utf8"))).to.deep.equal({
      table: "eu.csv",
      decimal: ",",
      variables: {
        a: { column: "a" },
        t: { column: "t" },
        w: { column: "w", levels: ["no", "yes"] },
        s: { column: "s" },
        z: { column: "z" },
      },
    });
    const wanted = [
      { name: "a", domain: { kind: "real" } as const },
      { name: "t", domain: { kind: "binary" } as const },
      { name: "w", domain: { kind: "binary" } as const },
    ];
    const { columns } = await readDataset(files.manifest, wanted);
    expect([...(columns.get("a") as { values: Float64Array }).values]).to.deep.equal([1.5, 2.25, 3, 4.125]);
    const grouped = await propose('x,y,k\n"1,102",1.5,"1,234,567"\n"2,097",2.5,"2,345,678"\n');
    expect(grouped.manifest.variables).to.deep.equal({ y: { column: "y" }, k: { column: "k", thousands: "," } });
    expect(grouped.leftOut[0]!.reason).to.contain('If "1,102" has a decimal comma');
  });

  it("writes files that read back: the manifest binds what the program names", async () => {
    const csv = data.write("clinic.csv", clinic.replace("1,0,,A", "1,0,27,A"));
    const { files, starter } = await writeStarter(csv);
    const { program, manifest } = files;
    const { variables } = starter;
    expect([program, manifest].map((file) => file.slice(data.root.length + 1))).to.deep.equal([
      "clinic.scm",
      "clinic.manifest.json",
    ]);
    const { columns, ids } = await readDataset(
      manifest,
      variables.map((name) => ({ name, domain: null })),
    );
    expect([...columns.keys()]).to.deep.equal([...variables]);
    expect([...ids]).to.deep.equal(["17", "4", "9"]);
    const text = readFileSync(program, "utf8");
    for (const name of variables) expect(text).to.match(new RegExp(`^${name} : `, "m"));
  });

  it("names a table in another directory relative to the manifest", async () => {
    const csv = data.write("raw/t.csv", "a,b\n1,2\n2,1\n1,1\n");
    data.write("models/kept", "");
    const { manifest } = (await writeStarter(csv, data.path("models"))).files;
    expect(JSON.parse(readFileSync(manifest, "utf8")).table).to.equal("../raw/t.csv");
    expect((await readDataset(manifest, [{ name: "a", domain: null }])).rows).to.equal(3);
  });

  it("never overwrites, and writes nothing where one file exists", async () => {
    const csv = data.write("clinic.csv", clinic);
    data.write("clinic.manifest.json", "mine");
    const found = await problemsOf(() => writeStarter(csv), data.root);
    expect(found).to.have.length(1);
    expect(found[0]).to.deep.include({ code: "6040", file: "clinic.manifest.json" });
    expect(readdirSync(data.root).sort()).to.deep.equal(["clinic.csv", "clinic.manifest.json"]);
    expect(readFileSync(data.path("clinic.manifest.json"), "utf8")).to.equal("mine");
  });

  it("says where nothing can be a variable", async () => {
    const found = await problemsOf(async () => propose("a,b\n1,x\n1,y\n1,z\n"), data.root);
    expect(found[0]?.code).to.equal("6041");
    expect(found[0]?.message).to.contain('"a": constant').and.to.contain('"b": a different value in every row');
  });

  it("leaves out texts that are too many for a category, and tells of faulty cells", async () => {
    const rows = Array.from({ length: 60 }, (_, at) => `${at === 7 ? "oops" : at % 13},text ${at % 55}`);
    const { program, leftOut } = await propose(`a,b\n${rows.join("\n")}\n`);
    expect(leftOut).to.deep.equal([{ column: "b", reason: "55 different texts, too many for a category" }]);
    expect(program).to.contain('1 cell is no number, line 9 "oops": correct before fitting');
  });
});
