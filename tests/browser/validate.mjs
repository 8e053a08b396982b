// Judge glTF files with the Khronos validator: node validate.mjs FILE... → JSON on stdout.
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import validator from "gltf-validator";

const reports = [];
for (const file of process.argv.slice(2)) {
  const report = await validator.validateBytes(new Uint8Array(await readFile(file)), {
    uri: file,
    maxIssues: 1000,
    externalResourceFunction: async (uri) => new Uint8Array(await readFile(resolve(dirname(file), decodeURIComponent(uri)))),
  });
  const { numErrors, numWarnings, messages } = report.issues;
  reports.push({ file, errors: numErrors, warnings: numWarnings, messages, info: report.info });
}
console.log(JSON.stringify(reports));
