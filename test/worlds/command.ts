import { startProgram } from './processes.ts'

export interface CommandResult {
  readonly code: number | null
  /** What it printed to its standard output. */
  readonly printed: string
  /** Both streams. */
  readonly output: string
}

/** Runs `waldstream <args>` to its end; `folder`: a checkout of another version. */
export async function runCommand(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  folder?: string,
): Promise<CommandResult> {
  const quiet = { ...env, LOG_LEVEL: 'silent' }
  const program = { name: args.join(' '), args: ['src/cli/main.ts', ...args], env: quiet }
  const process = await startProgram({ ...program, ...(folder === undefined ? {} : { folder }) })
  const { code } = await process.exited
  return { code, printed: process.printed(), output: process.output() }
}
