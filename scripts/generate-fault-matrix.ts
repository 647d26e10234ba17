/**
 * Makes docs/reference/fault-matrix.md from `faultRows` of the definitions: which faults are tested, and why others are
 * not.
 */
import { faults } from '../src/systems/kit/faults.ts'
import { faultNames, faultRows, faultTable, impossibility } from '../test/matrix/fault-table.ts'
import { generatedFile } from './generated-file.ts'

const OUTPUT = new URL('../docs/reference/fault-matrix.md', import.meta.url)

const reasons = [...faultRows.keys()].flatMap((row) =>
  faultNames.flatMap((fault) => {
    const reason = impossibility(row, fault)
    return reason === undefined ? [] : [`- **${row}, ${fault}**: ${reason}.`]
  }),
)

generatedFile(
  OUTPUT,
  `# How Waldstream handles faults of outside systems

This page shows which faults of shops and ERPs are tested. Each ✓ is a test of \`test/matrix\`: real clients, readers and
deliveries call the system's simulator over HTTP (SQS and S3: a real server behind a proxy that misbehaves). Each test checks
that nothing is lost, duplicated or wrong afterwards. A column is an interface that a system's definition names in
\`faultRows\`. \`npm run test:matrix\` runs the tests and prints this table with the results. The pages in
[systems](../systems/) say how each system fails.

${faultTable((row, fault) => (impossibility(row, fault) === undefined ? '✓' : '–'))}

In each fault the system:

${faultNames.map((fault) => `- **${fault}**: ${faults[fault]}.`).join('\n')}

Faults marked – cannot happen:

${reasons.join('\n')}
`,
)
