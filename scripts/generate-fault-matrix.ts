/** Makes docs/fault-matrix.md from `faultRows` of the definitions: which faults are tested, and why others are not. */
import { faults } from '../src/systems/kit/faults.ts'
import { faultNames, faultRows, faultTable, impossibility } from '../test/matrix/fault-table.ts'
import { generatedFile } from './generated-file.ts'

const OUTPUT = new URL('../docs/fault-matrix.md', import.meta.url)

const reasons = [...faultRows.keys()].flatMap((row) =>
  faultNames.flatMap((fault) => {
    const reason = impossibility(row, fault)
    return reason === undefined ? [] : [`- **${row}, ${fault}**: ${reason}.`]
  }),
)

generatedFile(
  OUTPUT,
  `# How Waldstream handles faults of outside systems

Each ✓ is a test of \`test/matrix\`: real clients, readers and sinks over real HTTP against the system's simulator (SQS: a
real queue server behind a proxy that misbehaves). Afterwards nothing is lost, doubled or wrong. A column is an interface
that a system's definition names in \`faultRows\`. \`npm run test:matrix\` runs the tests and prints this table with the
result of each. What each system does on faults is on its page in \`docs/systems/\`.

${faultTable((row, fault) => (impossibility(row, fault) === undefined ? '✓' : '–'))}

A fault is that the system …

${faultNames.map((fault) => `- **${fault}**: ${faults[fault]}.`).join('\n')}

Cells without a test can't happen:

${reasons.join('\n')}
`,
)
