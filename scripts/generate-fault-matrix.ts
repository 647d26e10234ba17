/** Makes docs/fault-matrix.md from test/matrix/faults.ts: which faults of which systems are tested, and why others are not. */
import { cannotHappen, faults, matrixSystems } from '../test/matrix/faults.ts'
import { faultNames, isTested, matrixTable } from '../test/matrix/matrix-table.ts'
import { generatedFile } from './generated-file.ts'

const OUTPUT = new URL('../docs/fault-matrix.md', import.meta.url)

const reasons = matrixSystems.flatMap((system) =>
  faultNames.flatMap((fault) => {
    const reason = cannotHappen[system][fault]
    return reason === undefined ? [] : [`- **${system}, ${fault}**: ${reason}.`]
  }),
)

generatedFile(
  OUTPUT,
  `# What outside systems do to us, and what we do then

Each ✓ is a test of \`test/matrix\`: real clients, readers and sinks over real HTTP against the system's simulator (SQS: a
real server of queues behind a proxy that misbehaves), in which nothing is lost, doubled or wrong afterwards.
\`npm run test:matrix\` runs them and prints this table with what came of each. What each system does on faults is in its page
in \`docs/systems/\`.

${matrixTable((system, fault) => (isTested(system, fault) ? '✓' : '–'))}

A fault is that the system …

${faultNames.map((fault) => `- **${fault}**: ${faults[fault]}.`).join('\n')}

Cells without a test can't happen:

${reasons.join('\n')}
`,
)
