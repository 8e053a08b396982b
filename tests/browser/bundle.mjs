// Bundle the test pages: node bundle.mjs OUT_DIR
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2];
await mkdir(out, { recursive: true });
const common = { outdir: out, bundle: true, target: "es2022", nodePaths: [join(here, "node_modules")], logLevel: "error" };
const entry = (name) => join(here, "pages", `${name}.js`);
await build({ ...common, entryPoints: ["three", "babylon", "tiles"].map(entry), format: "esm" });
await build({ ...common, entryPoints: [entry("headset")], format: "iife" }); // runs before the page's own scripts
for (const name of ["three", "babylon", "tiles"]) {
  await writeFile(join(out, `${name}.html`), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><canvas width="800" height="600"></canvas><script type="module" src="${name}.js"></script>`);
}
// Babylon wants the decoder as a script that sets a global; three ships it as a module
const decoder = await readFile(join(here, "node_modules/three/examples/jsm/libs/meshopt_decoder.module.js"), "utf8");
await writeFile(join(out, "meshopt_decoder.js"), decoder.replace(/export\s*\{[^}]*\};?/, ""));
