// Reads HTML from standard input and prints what the named mail programs do not support, as JSON: { errors, warnings },
// each a list of [client, feature].
import { readFileSync } from "node:fs";
import { caniemail } from "caniemail";

const { issues } = caniemail({ clients: process.argv.slice(2), html: readFileSync(0, "utf-8") });
const pairs = (found) => [...found].flatMap(([client, features]) => features.map(({ title }) => [client, title]));
console.log(JSON.stringify({ errors: pairs(issues.errors), warnings: pairs(issues.warnings) }));
