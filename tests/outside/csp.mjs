// Reads policies, one a line, and says what Google's evaluator finds in each: [{"policy": …, "findings": […]}].
import { createInterface } from "node:readline";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { CspEvaluator } = require("csp_evaluator/dist/evaluator.js");
const { CspParser } = require("csp_evaluator/dist/parser.js");

const said = [];
for await (const policy of createInterface({ input: process.stdin })) {
  const findings = new CspEvaluator(new CspParser(policy).csp).evaluate();
  said.push({ policy, findings: findings.map((one) => ({ severity: one.severity, text: `${one.directive}: ${one.description}` })) });
}
console.log(JSON.stringify(said));
