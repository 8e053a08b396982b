// Build the page into dist/: one script, one style sheet, one page, no network at run time.
//   cd tests/browser && npm ci && npm run bundle
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const packages = join(here, "../../tests/browser/node_modules");
const { build } = createRequire(join(packages, "x.js"))("esbuild");
const dist = process.argv[2] ?? join(here, "dist");
await mkdir(dist, { recursive: true });
await build({
  entryPoints: [join(here, "src/main.js")],
  outfile: join(dist, "viewer.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  nodePaths: [packages],
  legalComments: "none",
  charset: "utf8",
  banner: { js: "/* xmscenes viewer, Apache-2.0. Contains three.js (MIT); see LICENSES.txt */" },
});
const licence = await readFile(join(packages, "three/LICENSE"), "utf8");
await writeFile(join(dist, "LICENSES.txt"), `three.js\n\n${licence}`);
for (const name of ["index.html", "viewer.css"]) await cp(join(here, "src", name), join(dist, name));
await cp(join(here, "src/lod.js"), join(dist, "three-lod.js"));
await cp(join(here, "src/babylon-lod.js"), join(dist, "babylon-lod.js"));
await cp(join(here, "src/variants.js"), join(dist, "three-variants.js"));

// What the bundle was made from, for the test that it is fresh: sha256 over the sources in the order of their names, then
// the list of packages.
const hash = createHash("sha256");
for (const name of (await readdir(join(here, "src"))).sort()) hash.update(await readFile(join(here, "src", name)));
hash.update(await readFile(join(packages, "../package-lock.json")));
await writeFile(join(dist, "SOURCE.sha256"), `${hash.digest("hex")}\n`);
