import { catalog, type Entry } from '../src/cli/catalog.ts'
import { commandsOf, isGroup } from '../src/cli/command.ts'
import { createProgram, helpOf } from '../src/cli/program.ts'

const COLUMNS = 100

const HEAD = `# Commands

Generated from \`src/cli/commands\` by \`npm run generate\`: what \`waldstream <command> --help\` prints. In a clone, the command is
\`npm run --silent waldstream -- <command>\`.

- **Exit code**: 0 done, 1 failed, 2 wrong usage.
- **\`--json\`** prints JSON on standard output, and an error as \`{"error":{"code","message","field"}}\` on standard error.
- **Ids** of tasks, dead letters, groups of dead letters, replays and rebuilds may be given by their first characters. Where
  several begin so, the error lists them.
- **Times** are ISO 8601 with a zone (\`2026-01-31T08:00:00Z\`), or a day (\`2026-01-31\`), which begins in UTC.
- **Progress**: a command that takes longer than 3 seconds says on standard error how far it is, but for \`--json\`.
- **Completion** in bash, zsh and fish: [\`waldstream completion\`](#waldstream-completion).
`

/** The page of all commands, as Markdown. */
export function commandsPage(): string {
  const parts = catalog.map(({ title, entries }) => [`## ${title}\n`, ...entries.map(entryText)].join('\n'))
  return `${[HEAD, ...parts].join('\n').trimEnd()}\n`
}

function entryText(entry: Entry): string {
  const program = createProgram(async () => undefined)
  const names = isGroup(entry) && entry.own === undefined ? [entry.name] : []
  const helps = [...names, ...commandsOf(entry).map(({ name }) => name)].map((name) => helpOf(program, name, COLUMNS))
  return `### waldstream ${entry.name}\n\n${helps.map((help) => `\`\`\`text\n${help.trimEnd()}\n\`\`\`\n`).join('\n')}`
}
